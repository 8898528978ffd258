package ml.refract.lab.experiment;

import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.rfm.linear.Completion;
import ml.refract.rfm.linear.CompletionFit;
import ml.refract.rfm.linear.CompletionOptions;
import ml.refract.rfm.linear.CompletionSweep;

/** Completion at the size of the authors' script, stopped by entries held out, and how few entries it takes. */
final class CompletionFromFewEntries implements Experiment {
    private static final int SIZE = 500;
    private static final int RANK = 5;
    private static final int OBSERVED = 10_000;
    private static final int SMALL_SIZE = 200;
    private static final int SMALL_RANK = 3;
    private static final double[] QUICK_RATIOS = {0.9, 1.5, 2, 3};
    private static final double[] FULL_RATIOS = {0.9, 1.1, 1.3, 1.5, 1.75, 2, 2.5, 3, 4};

    @Override
    public String id() {
        return "completion-from-few-entries";
    }

    @Override
    public String title() {
        return "A matrix of rank 5 from 4 % of its entries";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Belkin and Drusvyatskiy, PNAS 2025 (arXiv 2401.04553), script of the authors";
    }

    @Override
    public String description() {
        return "The setting of the authors' script: a 500 x 500 matrix of rank 5 from 10,000 entries, twice its degrees of "
                + "freedom. Their script looks at hidden entries to lower the smoothing and to stop; here both follow from "
                + "observed entries that are held out, and metrics are learned from rows and columns by turns. Beside it, "
                + "matrices of 200 x 200 and rank 3 from fewer and more entries.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        LowRankMatrix matrix =
                LowRankMatrix.draw(SIZE, RANK, OBSERVED, Seeds.stream(settings.seed(), "few-entries", 0));
        CompletionFit fit =
                fit(matrix, execution.withProgress(execution.progress().part(0, 0.4)));
        double hidden = matrix.hiddenError(fit.model()::predict);
        double[] ratios = settings.pick(QUICK_RATIOS, FULL_RATIOS);
        double[] errors = new double[ratios.length];
        for (int k = 0; k < ratios.length; k++) {
            Progress part =
                    execution.progress().part(0.4 + 0.6 * k / ratios.length, 0.4 + 0.6 * (k + 1) / ratios.length);
            int observed = (int) (ratios[k] * LowRankMatrix.degreesOfFreedom(SMALL_SIZE, SMALL_RANK));
            LowRankMatrix small = LowRankMatrix.draw(
                    SMALL_SIZE, SMALL_RANK, observed, Seeds.stream(settings.seed(), "few-entries", k + 1));
            errors[k] =
                    small.hiddenError(fit(small, execution.withProgress(part)).model()::predict);
        }
        double[] heldOut = fit.sweeps().stream()
                .mapToDouble(sweep -> Math.pow(sweep.heldOutError(), 2))
                .toArray();
        double[] smoothing =
                fit.sweeps().stream().mapToDouble(CompletionSweep::smoothing).toArray();
        return LabResult.builder()
                .setup("size", SIZE)
                .setup("rank", RANK)
                .setup("observed", OBSERVED)
                .panel(Panel.Chart.of(
                        "500 x 500, rank 5, 10,000 entries",
                        Panel.Axis.linear("sweeps"),
                        Panel.Axis.log("mean squared error"),
                        Curve.line("on held-out entries", heldOut),
                        Curve.line("smoothing", smoothing)))
                .panel(Panel.Chart.of(
                        "200 x 200, rank 3",
                        Panel.Axis.linear("entries over degrees of freedom"),
                        Panel.Axis.log("mean squared error on hidden entries"),
                        Curve.line("lin-RFM", ratios, errors)))
                .claim(Claim.atMost(
                        "hidden error of the 500 x 500 matrix",
                        hidden,
                        1e-3,
                        Claim.Basis.PAPER,
                        "the authors' script stops at 1e-3"))
                .claim(Claim.atMost(
                        "hidden error of a 200 x 200 matrix from three times its degrees of freedom",
                        errors[ratios.length - (settings.pick(1, 2))],
                        1e-3,
                        Claim.Basis.PAPER,
                        "the matrix is recovered"))
                .claim(Claim.atLeast(
                        "hidden error of a 200 x 200 matrix from 0.9 times its degrees of freedom",
                        errors[0],
                        1e-2,
                        Claim.Basis.CLOSED_FORM,
                        "fewer numbers than degrees of freedom do not fix a matrix"))
                .build();
    }

    private static CompletionFit fit(LowRankMatrix matrix, Execution execution) {
        CompletionOptions options =
                CompletionOptions.defaults().toBuilder().centred(false).build();
        return Completion.fit(matrix.entries(), options, execution);
    }
}
