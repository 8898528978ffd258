package ml.refract.engine.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vector shapes in use: the widest the CPU prefers, at most 512 bits, so that a panel is a whole number of them. */
final class Lanes {
    private static final int BITS = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());

    /** Floats. */
    static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

    /** Ints, as many as floats. */
    static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));

    /** Doubles, half as many lanes. */
    static final VectorSpecies<Double> DOUBLE = DoubleVector.SPECIES_PREFERRED.vectorBitSize() <= BITS
            ? DoubleVector.SPECIES_PREFERRED
            : VectorSpecies.of(double.class, VectorShape.forBitSize(BITS));

    /**
     * As many floats as {@link #DOUBLE} has lanes, to load and to reinterpret as {@link #FLOAT} at once. HotSpot compiles a
     * method of FloatVector by the classes it has met there: once a half vector has been stored by intoArray, as its
     * conversion does in the interpreter, whole vectors are stored by way of the heap in some compilations of some
     * processes, several times slower.
     */
    static final VectorSpecies<Float> HALF_FLOAT =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, DOUBLE.vectorBitSize() / 2)));

    /** Number of floats in a vector. */
    static final int WIDTH = FLOAT.length();

    private Lanes() {}
}
