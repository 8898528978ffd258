package ml.refract.lab.experiment;

import java.util.List;
import ml.refract.lab.Experiment;

/** All experiments, in the order they are listed and run. */
public final class Experiments {
    private Experiments() {}

    /** Every experiment there is. */
    public static List<Experiment> all() {
        return List.of(
                new LowRankPolynomial(),
                new SparseRecovery(),
                new CompletionByPower(),
                new CompletionFromFewEntries(),
                new NtkCompletion(),
                new InpaintingByDepth(),
                new SingularOrders(),
                new ThreeRegimes(),
                new LearningCurves(),
                new TorusFloor(),
                new DeepRfmCollapse(),
                new ConvRfmFilter(),
                new ConvRfmEdges(),
                new ConceptVector(),
                new Grokking31(),
                new Grokking61(),
                new SymmetryTraps(),
                new FactParity(),
                new FactGrokking());
    }
}
