package ml.refract.xrfm;

import static ml.refract.testing.Close.assertClose;
import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.Validation;
import ml.refract.testing.Golden;
import ml.refract.testing.MeanSquares;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

/** One tree of the reference, part by part: its random row choices are recorded, so they are put in. */
class TreeGoldenTest {
    private final JsonObject golden = Golden.read("tree_small.json");
    private final Design x = Golden.design(golden, "X_train");
    private final DoubleMatrix y = column("y_train");
    private final Design held = Golden.design(golden, "X_val");
    private final DoubleMatrix heldTargets = column("y_val");
    private final Design test = Golden.design(golden, "X_test");
    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    private DoubleMatrix column(String key) {
        return DoubleMatrix.column(Golden.numbers(golden, key));
    }

    private static int[] indices(JsonObject parent, String key) {
        return Arrays.stream(Golden.numbers(parent, key)).mapToInt(i -> (int) i).toArray();
    }

    private static int[] at(int[] values, int[] positions) {
        return Arrays.stream(positions).map(p -> values[p]).toArray();
    }

    @Test
    void splitModelsHaveTheMomentAndTheDirectionOfTheReference() {
        SplitFinder finder = new SplitFinder(XrfmOptions.reference(), execution);
        for (JsonObject node : Golden.objects(golden, "split_nodes")) {
            int[] rows = at(indices(node, "node_train_indices"), indices(node, "subset_train_local"));
            BlockSymmetric moment = finder.moment(x.select(rows), y.select(rows));
            DoubleMatrix scaled = moment.times(1 / moment.largestEntry()).toDense();
            assertClose(scaled, Golden.matrix(node, "agop_scaled_by_max"), 1e-7, "moment of " + node.get("path"));
            assertClose(
                    SymmetricEigen.of(scaled).vector(0),
                    Golden.numbers(node, "direction_largest_component_positive"),
                    1e-7,
                    "direction of " + node.get("path"));
        }
    }

    @Test
    void thresholdsAndScalesAreMediansAndQuartileRanges() {
        for (JsonObject node : Golden.objects(golden, "split_nodes")) {
            double[] projections =
                    Split.project(x.select(indices(node, "node_train_indices")), Golden.numbers(node, "direction"));
            double threshold = node.get("threshold").getAsDouble();
            assertThat(Partition.lowerMedian(projections)).isCloseTo(threshold, within(1e-10));
            assertThat(Partition.scale(projections))
                    .isCloseTo(node.get("temperature_scale_iqr").getAsDouble(), within(1e-10));
            assertThat(Partition.threshold(projections))
                    .as("ours lies between the two middle values")
                    .isBetween(threshold, node.get("upper_median").getAsDouble());
            Partition.Sides sides = Partition.divide(projections, Partition.threshold(projections), 0);
            assertThat(sides.left()).hasSize(node.get("n_left").getAsInt());
            assertThat(sides.right()).hasSize(node.get("n_right").getAsInt());
        }
    }

    @Test
    void overlappingChildrenHaveTheSizesOfTheReference() {
        JsonObject variant = golden.getAsJsonObject("overlap_variant");
        double overlap = variant.get("overlap_fraction").getAsDouble();
        JsonObject children = variant.getAsJsonObject("formula_children");
        for (String rows : children.keySet()) {
            double[] projections = new double[Integer.parseInt(rows)];
            Arrays.setAll(projections, i -> (i * 7919L) % projections.length);
            Partition.Sides sides = Partition.divide(projections, Partition.threshold(projections), overlap);
            double[] expected = Golden.numbers(children, rows);
            assertThat(sides.left()).as("left of %s", rows).hasSize((int) expected[0]);
            assertThat(sides.right()).as("right of %s", rows).hasSize((int) expected[1]);
        }
    }

    @Test
    void leavesHaveTheCoefficientsAndPredictionsOfTheReference() {
        List<DoubleMatrix> predictions = new ArrayList<>();
        Tree tree = referenceTree();
        int[] route = tree.route(held);
        for (JsonObject leaf : Golden.objects(golden, "leaves")) {
            int id = leaf.get("id").getAsInt();
            RfmFit fit = fitLeaf(leaf, routed(route, id));
            assertThat(fit.bestRound()).isEqualTo(leaf.get("best_iter").getAsInt());
            // The reference adds 1e-8 to the diagonal of M (a listed defect), which moves coefficients by as much over
            // the ridge of 1e-3.
            assertRelativelyClose(
                    fit.machine().coefficients().values(), Golden.numbers(leaf, "alpha"), 1e-5, "alpha of leaf " + id);
            predictions.add(fit.machine().predict(test, execution));
        }
        DoubleMatrix expected = Golden.matrix(golden, "test_leaf_predictions");
        for (int l = 0; l < predictions.size(); l++) {
            assertClose(predictions.get(l).col(0), expected.col(l), 1e-6, "predictions of leaf " + l);
        }
    }

    private static int[] routed(int[] route, int leaf) {
        return java.util.stream.IntStream.range(0, route.length)
                .filter(i -> route[i] == leaf)
                .toArray();
    }

    private RfmFit fitLeaf(JsonObject leaf, int[] heldRows) {
        int[] train = indices(leaf, "train_indices");
        int[] moved = indices(leaf, "moved_to_validation");
        DoubleMatrix validationX = stack(x.select(moved), held.select(heldRows));
        double[] validationY =
                concat(y.select(moved).values(), heldTargets.select(heldRows).values());
        RfmOptions options = RfmOptions.reference().toBuilder()
                .kernel(Kernel.laplace(8, 1))
                .iterations(3)
                .build();
        return Rfm.fit(
                x.select(train),
                y.select(train),
                Optional.of(new Validation(Design.of(validationX), new MeanSquares(DoubleMatrix.column(validationY)))),
                options,
                execution);
    }

    private static DoubleMatrix stack(Design top, Design bottom) {
        return DoubleMatrix.of(
                top.rows() + bottom.rows(),
                top.width(),
                concat(((DoubleMatrix) top.dense()).values(), ((DoubleMatrix) bottom.dense()).values()));
    }

    private static double[] concat(double[] a, double[] b) {
        double[] result = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, result, a.length, b.length);
        return result;
    }

    /** The reference's splits with its own directions and thresholds. */
    private Tree referenceTree() {
        Map<String, Split> splits = new TreeMap<>();
        for (JsonObject node : Golden.objects(golden, "split_nodes")) {
            splits.put(
                    node.get("path").getAsString(),
                    new Split(
                            Golden.numbers(node, "direction"),
                            node.get("threshold").getAsDouble(),
                            node.get("temperature_scale_iqr").getAsDouble()));
        }
        return new Tree(new Tree.Inner(
                splits.get(""),
                new Tree.Inner(splits.get("L"), new Tree.Leaf(0), new Tree.Leaf(1)),
                new Tree.Inner(splits.get("R"), new Tree.Leaf(2), new Tree.Leaf(3))));
    }

    @Test
    void rowsAreRoutedLikeInTheReferenceHardAndSoft() {
        Tree tree = referenceTree();
        assertThat(tree.route(test)).containsExactly(indices(golden, "test_leaf_index_hard"));
        DoubleMatrix leafPredictions = Golden.matrix(golden, "test_leaf_predictions");
        for (JsonObject soft : Golden.objects(golden, "soft")) {
            double temperature = soft.get("temperature").getAsDouble();
            double keep = soft.get("keep_weight_fraction").getAsDouble();
            int most = soft.get("max_leaves").getAsInt();
            double[][] weights = tree.weights(test, temperature, keep, most);
            String what = "temperature " + temperature + ", keep " + keep + ", leaves " + most;
            assertClose(DoubleMatrix.fromRows(weights), Golden.matrix(soft, "leaf_weights"), 1e-10, what);
            double[] blended = new double[weights.length];
            for (int i = 0; i < blended.length; i++) {
                for (int l = 0; l < weights[i].length; l++) {
                    blended[i] += weights[i][l] * leafPredictions.get(i, l);
                }
            }
            assertClose(blended, Golden.numbers(soft, "predictions"), 1e-10, what);
        }
    }

    @Test
    void temperatureCandidatesAreThoseOfTheReference() {
        assertClose(Temperature.candidates(), Golden.numbers(golden, "temperature_candidates"), 1e-14, "candidates");
    }

    @Test
    void tuningPicksTheTemperatureOfTheReference() {
        Tree tree = referenceTree();
        int[] route = tree.route(held);
        List<KernelMachine> machines = new ArrayList<>();
        List<int[]> rows = new ArrayList<>();
        for (JsonObject leaf : Golden.objects(golden, "leaves")) {
            machines.add(fitLeaf(leaf, routed(route, leaf.get("id").getAsInt())).machine());
            rows.add(indices(leaf, "train_indices"));
        }
        XrfmModel hard = new XrfmModel(List.of(new XrfmModel.Member(tree, machines, rows, 0, 1)), 0.99, 12);
        MeanSquares score = new MeanSquares(heldTargets);
        XrfmModel tuned = Temperature.tune(hard, new Validation(held, score), execution);
        assertThat(tuned.trees().get(0).temperature())
                .isCloseTo(golden.get("chosen_temperature").getAsDouble(), within(1e-12));
        double[] expected = Golden.numbers(golden, "temperature_val_mse");
        double[] candidates = Temperature.candidates();
        for (int k = 0; k < candidates.length; k++) {
            XrfmModel model = hard.withTemperature(candidates[k]);
            assertThat(score.of(model.predict(held, Readout.identity(), execution)))
                    .as("temperature %s", candidates[k])
                    .isCloseTo(expected[k], within(1e-6));
        }
    }
}
