package ml.refract.bench.jmh;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one thread reaches with nothing in the way: fused multiply-adds in registers, and bytes read and copied.
 *
 * <p>Fifteen independent sums and one constant fill the 16 registers of AVX2; with a latency of four cycles, two units need
 * eight sums.
 */
public class Ceilings extends Timed {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int STEPS = 2_000;
    private static final int SUMS = 15;
    private static final double FLOPS_PER_FMA = 2;

    /** Operations of a call of {@link #float32}. */
    public static final double FLOAT32_FLOPS = FLOPS_PER_FMA * STEPS * SUMS * F.length();

    /** Operations of a call of {@link #float64}. */
    public static final double FLOAT64_FLOPS = FLOPS_PER_FMA * STEPS * SUMS * D.length();

    /** Bytes a call of {@link #copy} or {@link #read} takes from main memory; no cache comes near. */
    public static final long MEMORY_BYTES = 256L << 20;

    /** Bytes a call of {@link #readCached} takes from a level-2 cache, which hold 512 KiB or more. */
    public static final long CACHED_BYTES = 256L << 10;

    private float seed = 0.5f;

    /** Arrays in main memory. */
    @State(Scope.Thread)
    public static class InMemory {
        private final float[] source = new float[(int) (MEMORY_BYTES / Float.BYTES)];
        private final float[] target = new float[source.length];

        /** Touches every page. */
        @Setup(Level.Trial)
        public void fill() {
            Arrays.fill(source, 1);
            Arrays.fill(target, 2);
        }
    }

    /** An array in a cache. */
    @State(Scope.Thread)
    public static class InCache {
        private final float[] source = new float[(int) (CACHED_BYTES / Float.BYTES)];

        /** Touches every page. */
        @Setup(Level.Trial)
        public void fill() {
            Arrays.fill(source, 1);
        }
    }

    /** Fused multiply-adds of floats. */
    @Benchmark
    public float float32() {
        FloatVector x = FloatVector.broadcast(F, seed);
        FloatVector a0 = x;
        FloatVector a1 = x;
        FloatVector a2 = x;
        FloatVector a3 = x;
        FloatVector a4 = x;
        FloatVector a5 = x;
        FloatVector a6 = x;
        FloatVector a7 = x;
        FloatVector a8 = x;
        FloatVector a9 = x;
        FloatVector a10 = x;
        FloatVector a11 = x;
        FloatVector a12 = x;
        FloatVector a13 = x;
        FloatVector a14 = x;
        for (int i = 0; i < STEPS; i++) {
            a0 = a0.fma(x, x);
            a1 = a1.fma(x, x);
            a2 = a2.fma(x, x);
            a3 = a3.fma(x, x);
            a4 = a4.fma(x, x);
            a5 = a5.fma(x, x);
            a6 = a6.fma(x, x);
            a7 = a7.fma(x, x);
            a8 = a8.fma(x, x);
            a9 = a9.fma(x, x);
            a10 = a10.fma(x, x);
            a11 = a11.fma(x, x);
            a12 = a12.fma(x, x);
            a13 = a13.fma(x, x);
            a14 = a14.fma(x, x);
        }
        FloatVector sum = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7);
        sum = sum.add(a8).add(a9).add(a10).add(a11).add(a12).add(a13).add(a14);
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** Fused multiply-adds of doubles. */
    @Benchmark
    public double float64() {
        DoubleVector x = DoubleVector.broadcast(D, seed);
        DoubleVector a0 = x;
        DoubleVector a1 = x;
        DoubleVector a2 = x;
        DoubleVector a3 = x;
        DoubleVector a4 = x;
        DoubleVector a5 = x;
        DoubleVector a6 = x;
        DoubleVector a7 = x;
        DoubleVector a8 = x;
        DoubleVector a9 = x;
        DoubleVector a10 = x;
        DoubleVector a11 = x;
        DoubleVector a12 = x;
        DoubleVector a13 = x;
        DoubleVector a14 = x;
        for (int i = 0; i < STEPS; i++) {
            a0 = a0.fma(x, x);
            a1 = a1.fma(x, x);
            a2 = a2.fma(x, x);
            a3 = a3.fma(x, x);
            a4 = a4.fma(x, x);
            a5 = a5.fma(x, x);
            a6 = a6.fma(x, x);
            a7 = a7.fma(x, x);
            a8 = a8.fma(x, x);
            a9 = a9.fma(x, x);
            a10 = a10.fma(x, x);
            a11 = a11.fma(x, x);
            a12 = a12.fma(x, x);
            a13 = a13.fma(x, x);
            a14 = a14.fma(x, x);
        }
        DoubleVector sum = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7);
        sum = sum.add(a8).add(a9).add(a10).add(a11).add(a12).add(a13).add(a14);
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** Copies between arrays far larger than any cache. */
    @Benchmark
    public float[] copy(InMemory arrays) {
        System.arraycopy(arrays.source, 0, arrays.target, 0, arrays.source.length);
        return arrays.target;
    }

    /** Reads an array far larger than any cache. */
    @Benchmark
    public float read(InMemory arrays) {
        return sum(arrays.source);
    }

    /** Reads an array that stays in the level-2 cache. */
    @Benchmark
    public float readCached(InCache array) {
        return sum(array.source);
    }

    private static float sum(float[] values) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        int width = F.length();
        for (int i = 0; i < values.length; i += 8 * width) {
            a0 = a0.add(FloatVector.fromArray(F, values, i));
            a1 = a1.add(FloatVector.fromArray(F, values, i + width));
            a2 = a2.add(FloatVector.fromArray(F, values, i + 2 * width));
            a3 = a3.add(FloatVector.fromArray(F, values, i + 3 * width));
            a4 = a4.add(FloatVector.fromArray(F, values, i + 4 * width));
            a5 = a5.add(FloatVector.fromArray(F, values, i + 5 * width));
            a6 = a6.add(FloatVector.fromArray(F, values, i + 6 * width));
            a7 = a7.add(FloatVector.fromArray(F, values, i + 7 * width));
        }
        return a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).reduceLanes(VectorOperators.ADD);
    }
}
