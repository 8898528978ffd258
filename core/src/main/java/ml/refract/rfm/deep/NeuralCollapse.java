package ml.refract.rfm.deep;

import ml.refract.linalg.DoubleMatrix;

/**
 * How far the rows of each class have drawn together, and the class means apart (specification of the RFM family, section 8). With
 * class means mu_c, their mean mu, scatter within classes Sigma_W = (1/n) sum (x - mu_c)(x - mu_c)' and between them Sigma_B =
 * (1/C) sum (mu_c - mu)(mu_c - mu)'. Both measures are 0 when collapse is complete.
 *
 * @param withinOverBetween NC1 = tr Sigma_W / tr Sigma_B; infinite when all class means are equal
 * @param simplexMiss NC2: mean squared difference between the cosines of the centred class means and those of a regular simplex, 1
 *     and -1 / (C - 1); NaN when a class mean is mu itself
 */
public record NeuralCollapse(double withinOverBetween, double simplexMiss) {
    /**
     * Measures the collapse of labelled rows. Cost n d + C^2 d.
     *
     * @param x n x d
     * @param labels n class codes, 0 .. C - 1
     * @param classes C, at least 2; each must have a row
     * @throws IllegalArgumentException when labels do not fit, or a class has no row
     */
    public static NeuralCollapse of(DoubleMatrix x, int[] labels, int classes) {
        if (labels.length != x.rows() || classes < 2) {
            throw new IllegalArgumentException("There are " + labels.length + " labels of " + classes + " classes for "
                    + x.rows() + " rows; wanted as many, of at least two classes");
        }
        DoubleMatrix means = classMeans(x, labels, classes);
        double within = 0;
        for (int i = 0; i < x.rows(); i++) {
            within += squaredDistance(x, i, means, labels[i]);
        }
        DoubleMatrix centred = centred(means);
        double between = 0;
        double[] norms = new double[classes];
        for (int c = 0; c < classes; c++) {
            double square = dot(centred, c, c);
            norms[c] = Math.sqrt(square);
            between += square;
        }
        double miss = 0;
        for (int a = 0; a < classes; a++) {
            for (int b = 0; b < classes; b++) {
                double wanted = a == b ? 1 : -1.0 / (classes - 1);
                miss += Math.pow(dot(centred, a, b) / (norms[a] * norms[b]) - wanted, 2);
            }
        }
        return new NeuralCollapse(within / x.rows() / (between / classes), miss / classes / classes);
    }

    private static DoubleMatrix classMeans(DoubleMatrix x, int[] labels, int classes) {
        DoubleMatrix means = DoubleMatrix.zeros(classes, x.cols());
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        for (int c = 0; c < classes; c++) {
            if (counts[c] == 0) {
                throw new IllegalArgumentException("Class " + c + " of " + classes + " has no row");
            }
        }
        for (int i = 0; i < labels.length; i++) {
            for (int s = 0; s < x.cols(); s++) {
                means.values()[labels[i] * x.cols() + s] += x.get(i, s) / counts[labels[i]];
            }
        }
        return means;
    }

    private static DoubleMatrix centred(DoubleMatrix means) {
        DoubleMatrix result = means.copy();
        for (int s = 0; s < means.cols(); s++) {
            double mean = 0;
            for (int c = 0; c < means.rows(); c++) {
                mean += means.get(c, s) / means.rows();
            }
            for (int c = 0; c < means.rows(); c++) {
                result.set(c, s, means.get(c, s) - mean);
            }
        }
        return result;
    }

    private static double squaredDistance(DoubleMatrix x, int i, DoubleMatrix y, int j) {
        double sum = 0;
        for (int s = 0; s < x.cols(); s++) {
            sum += Math.pow(x.get(i, s) - y.get(j, s), 2);
        }
        return sum;
    }

    private static double dot(DoubleMatrix x, int i, int j) {
        double sum = 0;
        for (int s = 0; s < x.cols(); s++) {
            sum += x.get(i, s) * x.get(j, s);
        }
        return sum;
    }
}
