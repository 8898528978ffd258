package ml.refract.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Close;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;

/** Machines of every family, with and without a metric and coded groups. */
final class Cases {
    private static final int[] LEVELS = {3, 4};

    private Cases() {}

    /** Every family at exponents below, at and above 1. */
    static Stream<Kernel> kernels() {
        return Stream.of(
                Kernel.laplace(3, 0.7),
                Kernel.laplace(3, 1),
                Kernel.laplace(3, 1.4),
                Kernel.laplace(3, 2),
                Kernel.lpq(3, 1.5, 1),
                Kernel.lpq(3, 1.3, 0.7),
                Kernel.lpq(3, 1, 1),
                Kernel.product(4, 0.7),
                Kernel.product(4, 1),
                Kernel.product(4, 1.4),
                Kernel.sumPower(2, 1, 0, 1),
                Kernel.sumPower(2, 0.7, 0.2, 3),
                Kernel.sumPower(2, 1.4, 0.1, 2),
                Kernel.ntk(1.5, 1),
                Kernel.ntk(3, 3),
                Kernel.network(Kernel.Family.NTK, 2, 2, DualActivation.leakyRelu(0.3)),
                Kernel.network(Kernel.Family.NTK, 1.5, 2, DualActivation.erf()),
                Kernel.network(Kernel.Family.NNGP, 2, 1, DualActivation.sine(2)),
                Kernel.network(Kernel.Family.NNGP, 2, 2, DualActivation.relu()));
    }

    /** Centers, queries, coefficients under one kernel. */
    record Case(KernelMachine machine, Design queries) {
        /**
         * Whether gradients raise coordinate differences to the power q - 1 < 0 although a rotation may have brought two
         * points close together in a coordinate: then the rounding of coordinates to float32 decides the result.
         */
        boolean illConditionedInFloat() {
            Kernel kernel = machine.kernel();
            return !kernel.rotationInvariant()
                    && kernel.norm() < 1
                    && machine.metric().kind().equals("full");
        }

        /** The largest value of the kernel at two centers. */
        double size() {
            DoubleMatrix values = KernelMatrices.of(
                    TestEngines.SCALAR, machine.kernel(), machine.metric(), machine.centers(), machine.centers());
            return Close.largest(values.values());
        }

        @Override
        public String toString() {
            return machine.toString();
        }
    }

    /** Plain columns under three metrics, coded groups under four. */
    static List<Case> of(Kernel kernel, int centers, int queries, int outputs, long seed) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix alpha = data.matrix(centers, outputs);
        List<Case> result = new ArrayList<>();
        for (Metric metric : List.of(Metric.identity(), Metric.of(data.diagonals(5)), Metric.of(data.blocks(5)))) {
            DoubleMatrix rows = data.apart(centers + queries, 5, 0.2);
            result.add(split(kernel, metric, Design.of(rows), alpha));
        }
        for (Metric metric : List.of(
                Metric.identity(),
                Metric.of(data.diagonals(2, 3, 4)),
                Metric.of(data.blocks(2, 3, 4)),
                Metric.of(mixed(data)))) {
            DoubleMatrix rows = data.apart(centers + queries, 2, 0.2);
            result.add(split(kernel, metric, data.design(rows, LEVELS), alpha));
        }
        return result;
    }

    private static BlockSymmetric mixed(TestData data) {
        List<BlockSymmetric.Block> full = data.blocks(2, 3, 4).blocks();
        List<BlockSymmetric.Block> diagonal = data.diagonals(2, 3, 4).blocks();
        return BlockSymmetric.of(List.of(diagonal.get(0), full.get(1), diagonal.get(2)));
    }

    private static Case split(Kernel kernel, Metric metric, Design rows, DoubleMatrix alpha) {
        int n = alpha.rows();
        int[] first = IntStream.range(0, n).toArray();
        int[] rest = IntStream.range(n, rows.rows()).toArray();
        return new Case(new KernelMachine(kernel, metric, rows.select(first), alpha), rows.select(rest));
    }

    /** The same machine on columns of zeros and ones. */
    static Case oneHot(Case original) {
        KernelMachine machine = original.machine();
        Metric metric = machine.metric()
                .matrix()
                .map(m -> Metric.of(BlockSymmetric.full(m.toDense())))
                .orElse(Metric.identity());
        return new Case(
                new KernelMachine(machine.kernel(), metric, TestData.oneHot(machine.centers()), machine.coefficients()),
                TestData.oneHot(original.queries()));
    }
}
