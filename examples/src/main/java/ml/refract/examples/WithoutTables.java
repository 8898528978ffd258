package ml.refract.examples;

import java.util.Optional;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;

/**
 * A recursive feature machine on plain matrices, without columns, files or tasks. The target depends on two of twenty
 * coordinates; the learned metric shows which.
 */
public final class WithoutTables {
    private static final int ROWS = 500;
    private static final int COLUMNS = 20;

    private WithoutTables() {}

    /** Prints the weight of each coordinate in the learned metric, the largest being 1. */
    public static void main(String[] args) {
        SplittableRandom random = new SplittableRandom(1);
        Matrix x = Matrix.zeros(ROWS, COLUMNS);
        DoubleMatrix y = DoubleMatrix.zeros(ROWS, 1);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                x.set(i, j, (float) (2 * random.nextDouble() - 1));
            }
            y.set(i, 0, x.get(i, 3) * x.get(i, 11));
        }
        RfmOptions options = RfmOptions.defaults().toBuilder()
                .kernel(Kernel.laplace(5, 1))
                .ridge(1e-3)
                .iterations(4)
                .build();
        try (Execution execution = Execution.defaults()) {
            RfmFit fit = Rfm.fit(Design.of(x), y, Optional.empty(), options, execution);
            double[] weights = fit.machine().metric().matrix().orElseThrow().diagonal();
            for (int j = 0; j < COLUMNS; j++) {
                System.out.printf("x%-2d %.3f%n", j, weights[j]);
            }
        }
    }
}
