package ml.refract.machine;

import ml.refract.engine.GroupTable;
import ml.refract.engine.Points;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;

/** Gradients of an expansion in the coordinates of the design. */
final class Gradients {
    private Gradients() {}

    static <A> DoubleMatrix of(Expansion<A> expansion, Design rows, ParallelFor parallel) {
        int m = rows.rows();
        int d = rows.width();
        int outputs = expansion.outputs();
        DoubleMatrix result = DoubleMatrix.zeros(m * outputs, d);
        GradientBlock<A> block = new GradientBlock<>(expansion);
        Points<A> queries = Points.pack(expansion.engine(), rows, expansion.projection(), parallel);
        for (int first = 0; first < outputs; first += block.outputsAtOnce()) {
            GradientBlock.Payload<A> payload = block.payload(first);
            parallel.run(Panels.tiles(m), b -> {
                int from = b * Panels.TILE;
                GradientBlock.Result gradients =
                        block.at(queries, from, Panels.tileRows(m, b), payload, expansion.function());
                for (int j = 0; j < gradients.rows(); j++) {
                    for (int l = 0; l < gradients.outputs(); l++) {
                        int target = ((from + j) * outputs + payload.first() + l) * d;
                        pullBack(expansion, gradients, j * gradients.outputs() + l, result.values(), target);
                    }
                }
            });
        }
        return result;
    }

    private static <A> void pullBack(
            Expansion<A> expansion, GradientBlock.Result gradients, int row, double[] target, int at) {
        int width = expansion.centers().width();
        int dense = expansion.projection().inputs();
        expansion.projection().pullBack(gradients.dense(), row * width, target, at);
        int next = at + dense;
        GroupTable[] tables = expansion.projection().tables();
        for (int b = 0; b < tables.length; b++) {
            int levels = tables[b].levels();
            double[] own = java.util.Arrays.copyOfRange(gradients.groups()[b], row * levels, (row + 1) * levels);
            double[] pulled = groupPullBack(tables[b], own);
            System.arraycopy(pulled, 0, target, next, levels);
            next += levels;
        }
    }

    private static double[] groupPullBack(GroupTable table, double[] gradient) {
        if (table.isFull()) {
            return table.pullBack().times(DoubleMatrix.column(gradient)).values();
        }
        double[] result = new double[gradient.length];
        for (int s = 0; s < result.length; s++) {
            result[s] = table.diagonalRoots()[s] * gradient[s];
        }
        return result;
    }
}
