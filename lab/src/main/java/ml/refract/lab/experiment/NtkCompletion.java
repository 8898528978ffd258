package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.InfiniteNetwork;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.wide.ColumnPriors;
import ml.refract.wide.KernelCompletion;

/** Responses of cells to drugs, half of them missing: what a prior of the columns is worth to a network of infinite width. */
final class NtkCompletion implements Experiment {
    private static final int CELLS = 8;
    private static final int DRUGS = 60;
    private static final int GENES = 80;
    private static final int RANK = 3;
    private static final double NOISE = 0.5;
    /** Length of the part of a prior that tells the cell, over that of the part that tells the drug. */
    private static final double CELL_WEIGHT = 0.75;

    private static final double[] TAILS = {0.5, ColumnPriors.TAIL, 5, 15, 50, 150};
    /** Where the usual tail stands among them. */
    private static final int USUAL = 1;

    private static final InfiniteNetwork NETWORK =
            new InfiniteNetwork(DualActivation.relu(), 1, InfiniteNetwork.Form.NTK);

    /** What the network is told of a column besides its drug. */
    private enum Prior {
        DRUG_ALONE,
        CELL_AS_ONE_HOT,
        MEAN_OF_CELL
    }

    @Override
    public String id() {
        return "ntk-completion";
    }

    @Override
    public String title() {
        return "A network of infinite width completes a matrix from a prior of its columns";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Stefanakis, Belkin and Uhler, PNAS 2022 (arXiv 2108.00131); made-up data in place of CMAP";
    }

    @Override
    public String description() {
        return "Eighty genes answer to 60 drugs in 8 cells: three traits of the cell set its own effect and how it answers to "
                + "each drug; the drug has an effect of its own; there is noise. One cell is known for all drugs, half of the pairs of the others are missing. One solve with the tangent "
                + "kernel of the columns predicts them. A prior made of the drug's profile in the known cell and the mean "
                + "profile of the cell beats adding up the two effects.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int tables = settings.pick(3, 20);
        double[] additive = new double[TAILS.length];
        double[][] scores = new double[Prior.values().length][TAILS.length];
        double least = Double.POSITIVE_INFINITY;
        for (int t = 0; t < tables; t++) {
            execution.requireNotCancelled();
            execution.progress().report("table " + (t + 1), (double) t / tables);
            Table table = Table.draw(Seeds.stream(settings.seed(), "ntk-completion", t));
            double plain = table.correlation(table.additive());
            for (int k = 0; k < TAILS.length; k++) {
                additive[k] += plain / tables;
                for (Prior prior : Prior.values()) {
                    double score = table.correlation(table.completed(prior, TAILS[k], execution));
                    scores[prior.ordinal()][k] += score / tables;
                    if (prior == Prior.MEAN_OF_CELL && k == USUAL) {
                        least = Math.min(least, score - plain);
                    }
                }
            }
        }
        double best = scores[Prior.MEAN_OF_CELL.ordinal()][USUAL];
        return LabResult.builder()
                .setup("cells", CELLS)
                .setup("drugs", DRUGS)
                .setup("genes", GENES)
                .setup("tables", tables)
                .setup("kernel", "tangent kernel of one hidden ReLU layer, no ridge; claims at tail 1.5")
                .panel(Panel.Chart.of(
                        "Correlation of predicted and true missing entries",
                        Panel.Axis.log("tail of the prior"),
                        Panel.Axis.linear("Pearson correlation"),
                        Curve.line("drug and mean of cell", TAILS, scores[Prior.MEAN_OF_CELL.ordinal()]),
                        Curve.line("drug and cell as one-hot", TAILS, scores[Prior.CELL_AS_ONE_HOT.ordinal()]),
                        Curve.line("drug alone", TAILS, scores[Prior.DRUG_ALONE.ordinal()]),
                        Curve.dashed("two effects added up", TAILS, additive)))
                .claim(
                        Claim.atLeast(
                                "correlation with the mean of the cell as prior over that of effects added up",
                                best - additive[USUAL],
                                0.08,
                                Claim.Basis.PAPER,
                                "the prior of drug and mean of the cell is the best of the authors' program; effects added up know no interaction"))
                .claim(Claim.atLeast(
                        "the same over the table where it gains least",
                        least,
                        0,
                        Claim.Basis.PAPER,
                        "the network uses the interaction in every table"))
                .claim(Claim.atLeast(
                        "correlation with the mean of the cell as prior over that with the cell as one-hot",
                        best - scores[Prior.CELL_AS_ONE_HOT.ordinal()][USUAL],
                        0,
                        Claim.Basis.PAPER,
                        "cells that are alike learn from each other only where the prior tells that they are"))
                .build();
    }

    /**
     * Profiles of genes by cell and drug.
     *
     * @param values genes in rows, the pair of cell c and drug d in column c * DRUGS + d
     * @param missing by column; never in cell 0
     */
    private record Table(DoubleMatrix values, boolean[] missing) {
        static Table draw(SplittableRandom random) {
            double[][] ofCell = normal(CELLS, RANK, random);
            double[][] marks = normal(RANK, GENES, random);
            double[][] drug = normal(DRUGS, GENES, random);
            double[][] ofDrug = normal(DRUGS, RANK, random);
            double[][] ofGene = normal(RANK, GENES, random);
            DoubleMatrix values = DoubleMatrix.zeros(GENES, CELLS * DRUGS);
            boolean[] missing = new boolean[CELLS * DRUGS];
            for (int c = 0; c < CELLS; c++) {
                for (int d = 0; d < DRUGS; d++) {
                    int column = c * DRUGS + d;
                    missing[column] = c > 0 && random.nextDouble() < 0.5;
                    for (int g = 0; g < GENES; g++) {
                        double value = drug[d][g] + NOISE * random.nextGaussian();
                        for (int k = 0; k < RANK; k++) {
                            value += ofCell[c][k] * (marks[k][g] + ofDrug[d][k] * ofGene[k][g]) / Math.sqrt(RANK);
                        }
                        values.set(g, column, value);
                    }
                }
            }
            return new Table(values, missing);
        }

        private static double[][] normal(int rows, int cols, SplittableRandom random) {
            double[][] result = new double[rows][cols];
            for (double[] row : result) {
                for (int j = 0; j < cols; j++) {
                    row[j] = random.nextGaussian();
                }
            }
            return result;
        }

        DoubleMatrix completed(Prior prior, double tail, Execution execution) {
            DoubleMatrix kernel = ColumnPriors.kernel(features(prior), tail, NETWORK, execution.workers());
            DoubleMatrix some = values.copy();
            for (int column = 0; column < missing.length; column++) {
                for (int g = 0; missing[column] && g < GENES; g++) {
                    some.set(g, column, Double.NaN);
                }
            }
            return new KernelCompletion(kernel).complete(some, 0, execution.withProgress(Progress.none()));
        }

        /** The drug's profile in cell 0, then the cell, by what was observed in it. */
        private DoubleMatrix features(Prior prior) {
            DoubleMatrix result = DoubleMatrix.zeros(CELLS * DRUGS, 2 * GENES);
            for (int c = 0; c < CELLS; c++) {
                double[] mean = direction(prior == Prior.MEAN_OF_CELL ? meanOf(c) : unit(c));
                for (int d = 0; d < DRUGS; d++) {
                    double square = 0;
                    for (int g = 0; g < GENES; g++) {
                        double value = values.get(g, d);
                        result.set(c * DRUGS + d, g, value);
                        square += value * value;
                    }
                    double weight = prior == Prior.DRUG_ALONE ? 0 : CELL_WEIGHT * Math.sqrt(square);
                    for (int g = 0; g < GENES; g++) {
                        result.set(c * DRUGS + d, GENES + g, weight * mean[g]);
                    }
                }
            }
            return result;
        }

        private static double[] unit(int c) {
            double[] result = new double[GENES];
            result[c] = 1;
            return result;
        }

        private static double[] direction(double[] v) {
            double square = 0;
            for (double value : v) {
                square += value * value;
            }
            for (int g = 0; g < v.length; g++) {
                v[g] /= Math.sqrt(square);
            }
            return v;
        }

        private double[] meanOf(int c) {
            double[] sums = new double[GENES];
            for (int d = 0; d < DRUGS; d++) {
                for (int g = 0; g < GENES && !missing[c * DRUGS + d]; g++) {
                    sums[g] += values.get(g, c * DRUGS + d);
                }
            }
            return sums; // only its direction is used
        }

        /** Effects of cells and drugs for every gene, least squares on what is observed, by alternating means. */
        DoubleMatrix additive() {
            double[][] cell = new double[CELLS][GENES];
            double[][] drug = new double[DRUGS][GENES];
            for (int sweep = 0; sweep < 100; sweep++) {
                for (int c = 0; c < CELLS; c++) {
                    for (int g = 0; g < GENES; g++) {
                        double sum = 0;
                        double count = 0;
                        for (int d = 0; d < DRUGS; d++) {
                            if (!missing[c * DRUGS + d]) {
                                sum += values.get(g, c * DRUGS + d) - drug[d][g];
                                count++;
                            }
                        }
                        cell[c][g] = sum / count;
                    }
                }
                for (int d = 0; d < DRUGS; d++) {
                    for (int g = 0; g < GENES; g++) {
                        double sum = 0;
                        double count = 0;
                        for (int c = 0; c < CELLS; c++) {
                            if (!missing[c * DRUGS + d]) {
                                sum += values.get(g, c * DRUGS + d) - cell[c][g];
                                count++;
                            }
                        }
                        drug[d][g] = sum / count;
                    }
                }
            }
            DoubleMatrix result = DoubleMatrix.zeros(GENES, CELLS * DRUGS);
            for (int column = 0; column < missing.length; column++) {
                for (int g = 0; g < GENES; g++) {
                    result.set(g, column, cell[column / DRUGS][g] + drug[column % DRUGS][g]);
                }
            }
            return result;
        }

        /** Pearson correlation over all missing entries. */
        double correlation(DoubleMatrix predicted) {
            double n = 0;
            double x = 0;
            double y = 0;
            double xx = 0;
            double yy = 0;
            double xy = 0;
            for (int column = 0; column < missing.length; column++) {
                for (int g = 0; missing[column] && g < GENES; g++) {
                    double p = predicted.get(g, column);
                    double v = values.get(g, column);
                    n++;
                    x += p;
                    y += v;
                    xx += p * p;
                    yy += v * v;
                    xy += p * v;
                }
            }
            return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
        }
    }
}
