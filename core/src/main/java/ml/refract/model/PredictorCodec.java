package ml.refract.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.machine.KernelMachine;
import ml.refract.task.ClassCoding;
import ml.refract.task.Classifier;
import ml.refract.task.Decision;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.xrfm.Split;
import ml.refract.xrfm.Tree;
import ml.refract.xrfm.XrfmModel;

/** Predictors as JSON and tensors. Numbers that make up more than a line go to tensors. */
final class PredictorCodec {
    private PredictorCodec() {}

    static JsonObject write(Predictor predictor, Map<String, Tensor> tensors) {
        JsonObject json = new JsonObject();
        if (predictor instanceof Regressor regressor) {
            json.addProperty("task", "regression");
            TargetCodec.write(regressor.targets(), json, tensors);
        } else {
            Classifier classifier = (Classifier) predictor;
            ClassCoding coding = classifier.coding();
            json.addProperty("task", "classification");
            json.addProperty("classCoding", coding.kind().id());
            json.add("priors", array(coding.priors()));
            classifier
                    .calibration()
                    .ifPresent(calibration -> json.add("calibration", CalibrationCodec.write(calibration, tensors)));
            json.add("decision", CalibrationCodec.write(classifier.decision(), tensors));
        }
        XrfmModel model = predictor.model();
        json.addProperty("keepFraction", model.keepFraction());
        json.addProperty("maxLeavesPerRow", model.maxLeavesPerRow());
        JsonArray trees = new JsonArray();
        for (int t = 0; t < model.trees().size(); t++) {
            trees.add(new TreeWriter("tree" + t, tensors).write(model.trees().get(t)));
        }
        json.add("trees", trees);
        return json;
    }

    static Predictor read(JsonObject json, Map<String, Tensor> tensors) {
        List<XrfmModel.Member> trees = new ArrayList<>();
        JsonArray stored = json.getAsJsonArray("trees");
        for (int t = 0; t < stored.size(); t++) {
            trees.add(new TreeReader("tree" + t, tensors).read(stored.get(t).getAsJsonObject()));
        }
        XrfmModel model = new XrfmModel(
                trees,
                json.get("keepFraction").getAsDouble(),
                json.get("maxLeavesPerRow").getAsInt());
        return switch (json.get("task").getAsString()) {
            case "regression" -> new Regressor(model, TargetCodec.read(json, tensors));
            case "classification" -> classifier(model, json, tensors);
            default -> throw new IllegalArgumentException("unknown task " + json.get("task"));
        };
    }

    /** Calibration and decision came later than the format: files without them predict as they did. */
    private static Classifier classifier(XrfmModel model, JsonObject json, Map<String, Tensor> tensors) {
        ClassCoding coding = ClassCoding.of(
                ClassCoding.Kind.of(json.get("classCoding").getAsString()), doubles(json.getAsJsonArray("priors")));
        return new Classifier(
                model,
                coding,
                Optional.ofNullable(json.getAsJsonObject("calibration"))
                        .map(stored -> CalibrationCodec.read(stored, tensors)),
                Optional.ofNullable(json.getAsJsonObject("decision"))
                        .map(stored -> CalibrationCodec.readDecision(stored, tensors))
                        .orElseGet(Decision.MostProbable::new));
    }

    static JsonArray array(double[] values) {
        JsonArray array = new JsonArray();
        for (double value : values) {
            array.add(value);
        }
        return array;
    }

    static double[] doubles(JsonArray array) {
        double[] values = new double[array.size()];
        for (int k = 0; k < values.length; k++) {
            values[k] = array.get(k).getAsDouble();
        }
        return values;
    }

    static <T extends Tensor> T tensor(String name, Class<T> type, Map<String, Tensor> tensors) {
        Tensor tensor = tensors.get(name);
        if (!type.isInstance(tensor)) {
            throw new IllegalArgumentException("tensor " + name + " is missing or of another type");
        }
        return type.cast(tensor);
    }

    private static JsonObject write(Kernel kernel) {
        JsonObject json = new JsonObject();
        json.addProperty("family", kernel.family().id());
        json.addProperty("bandwidth", kernel.bandwidth());
        json.addProperty("exponent", kernel.exponent());
        json.addProperty("norm", kernel.norm());
        json.addProperty("mix", kernel.mix());
        json.addProperty("power", kernel.power());
        if (kernel.family().isNetwork()) {
            json.addProperty("layers", kernel.layers());
            json.addProperty("activation", kernel.activation().id());
        }
        return json;
    }

    private static Kernel readKernel(JsonObject json) {
        Kernel.Family family = Kernel.Family.of(json.get("family").getAsString());
        return new Kernel(
                family,
                json.get("bandwidth").getAsDouble(),
                json.get("exponent").getAsDouble(),
                json.get("norm").getAsDouble(),
                json.get("mix").getAsDouble(),
                json.get("power").getAsInt(),
                family.isNetwork() ? json.get("layers").getAsInt() : 0,
                family.isNetwork() ? DualActivation.of(json.get("activation").getAsString()) : DualActivation.relu());
    }

    private record TreeWriter(String prefix, Map<String, Tensor> tensors) {
        JsonObject write(XrfmModel.Member member) {
            JsonObject json = new JsonObject();
            json.add("root", node(member.shape().root(), "0"));
            JsonArray leaves = new JsonArray();
            for (int l = 0; l < member.machines().size(); l++) {
                String name = prefix + ".leaf" + l;
                leaves.add(leaf(member.machines().get(l), name));
                int[] rows = member.rows().get(l);
                tensors.put(name + ".rows", new Tensor.Ints(new int[] {rows.length}, rows));
            }
            json.add("leaves", leaves);
            json.addProperty("temperature", member.temperature());
            json.addProperty("weight", member.weight());
            return json;
        }

        private JsonObject node(Tree.Node node, String path) {
            JsonObject json = new JsonObject();
            if (node instanceof Tree.Leaf leaf) {
                json.addProperty("leaf", leaf.index());
                return json;
            }
            Tree.Inner inner = (Tree.Inner) node;
            String name = prefix + ".split" + path + ".direction";
            double[] direction = inner.split().direction();
            tensors.put(name, new Tensor.Doubles(new int[] {direction.length}, direction));
            json.addProperty("direction", name);
            json.addProperty("threshold", inner.split().threshold());
            json.addProperty("scale", inner.split().scale());
            json.add("left", node(inner.left(), path + "0"));
            json.add("right", node(inner.right(), path + "1"));
            return json;
        }

        private JsonObject leaf(KernelMachine machine, String name) {
            JsonObject json = new JsonObject();
            json.add("kernel", PredictorCodec.write(machine.kernel()));
            Rows dense = machine.centers().dense();
            boolean single = dense instanceof Matrix;
            tensors.put(name + ".centers", rows(dense));
            JsonArray groups = new JsonArray();
            for (Design.Group group : machine.centers().groups()) {
                tensors.put(
                        name + ".codes" + groups.size(),
                        new Tensor.Ints(new int[] {group.codes().length}, group.codes()));
                groups.add(group.levels());
            }
            json.add("groups", groups);
            tensors.put(name + ".coefficients", coefficients(machine.coefficients(), single));
            machine.metric().matrix().ifPresent(matrix -> {
                JsonArray blocks = new JsonArray();
                for (BlockSymmetric.Block block : matrix.blocks()) {
                    tensors.put(name + ".metric" + blocks.size(), block(block));
                    blocks.add(block instanceof BlockSymmetric.Full ? "full" : "diagonal");
                }
                json.add("metric", blocks);
            });
            return json;
        }

        private static Tensor rows(Rows rows) {
            int[] shape = {rows.rows(), rows.cols()};
            return rows instanceof Matrix single
                    ? new Tensor.Floats(shape, single.values())
                    : new Tensor.Doubles(shape, ((DoubleMatrix) rows).values());
        }

        /** Coefficients of float32 machines are floats already; they lose nothing. */
        private static Tensor coefficients(DoubleMatrix values, boolean single) {
            if (single && isFloat(values)) {
                float[] narrow = new float[values.values().length];
                for (int k = 0; k < narrow.length; k++) {
                    narrow[k] = (float) values.values()[k];
                }
                return new Tensor.Floats(new int[] {values.rows(), values.cols()}, narrow);
            }
            return rows(values);
        }

        private static boolean isFloat(DoubleMatrix values) {
            for (double value : values.values()) {
                if ((float) value != value) {
                    return false;
                }
            }
            return true;
        }

        private static Tensor block(BlockSymmetric.Block block) {
            return block instanceof BlockSymmetric.Full full
                    ? rows(full.matrix())
                    : new Tensor.Doubles(new int[] {block.size()}, ((BlockSymmetric.Diagonal) block).values());
        }
    }

    private record TreeReader(String prefix, Map<String, Tensor> tensors) {
        XrfmModel.Member read(JsonObject json) {
            List<KernelMachine> machines = new ArrayList<>();
            List<int[]> rows = new ArrayList<>();
            JsonArray leaves = json.getAsJsonArray("leaves");
            for (int l = 0; l < leaves.size(); l++) {
                String name = prefix + ".leaf" + l;
                machines.add(leaf(leaves.get(l).getAsJsonObject(), name));
                rows.add(tensor(name + ".rows", Tensor.Ints.class).values());
            }
            int width = machines.get(0).centers().width();
            return new XrfmModel.Member(
                    new Tree(node(json.getAsJsonObject("root"), width)),
                    machines,
                    rows,
                    json.get("temperature").getAsDouble(),
                    json.get("weight").getAsDouble());
        }

        private Tree.Node node(JsonObject json, int width) {
            if (json.has("leaf")) {
                return new Tree.Leaf(json.get("leaf").getAsInt());
            }
            double[] direction = tensor(json.get("direction").getAsString(), Tensor.Doubles.class)
                    .values();
            if (direction.length != width) {
                throw new IllegalArgumentException(
                        "a split direction has " + direction.length + " entries for " + width + " coordinates");
            }
            Split split = new Split(
                    direction,
                    json.get("threshold").getAsDouble(),
                    json.get("scale").getAsDouble());
            return new Tree.Inner(
                    split, node(json.getAsJsonObject("left"), width), node(json.getAsJsonObject("right"), width));
        }

        private KernelMachine leaf(JsonObject json, String name) {
            Rows dense = rows(name + ".centers");
            List<Design.Group> groups = new ArrayList<>();
            JsonArray levels = json.getAsJsonArray("groups");
            for (int b = 0; b < levels.size(); b++) {
                groups.add(new Design.Group(
                        tensor(name + ".codes" + b, Tensor.Ints.class).values(),
                        levels.get(b).getAsInt()));
            }
            Rows stored = rows(name + ".coefficients");
            DoubleMatrix coefficients = DoubleMatrix.zeros(stored.rows(), stored.cols());
            for (int i = 0; i < stored.rows(); i++) {
                stored.copyRow(i, coefficients.values(), i * stored.cols());
            }
            Metric metric = json.has("metric") ? metric(json.getAsJsonArray("metric"), name) : Metric.identity();
            return new KernelMachine(
                    readKernel(json.getAsJsonObject("kernel")), metric, Design.of(dense, groups), coefficients);
        }

        private Metric metric(JsonArray kinds, String name) {
            List<BlockSymmetric.Block> blocks = new ArrayList<>();
            for (int b = 0; b < kinds.size(); b++) {
                String block = name + ".metric" + b;
                blocks.add(
                        kinds.get(b).getAsString().equals("full")
                                ? new BlockSymmetric.Full((DoubleMatrix) rows(block))
                                : new BlockSymmetric.Diagonal(
                                        tensor(block, Tensor.Doubles.class).values()));
            }
            return Metric.of(BlockSymmetric.of(blocks));
        }

        private Rows rows(String name) {
            Tensor tensor = tensor(name, Tensor.class);
            int[] shape = tensor.shape();
            if (shape.length != 2) {
                throw new IllegalArgumentException("tensor " + name + " has the shape " + Tensor.describe(shape));
            }
            return tensor instanceof Tensor.Floats floats
                    ? Matrix.of(shape[0], shape[1], floats.values())
                    : DoubleMatrix.of(shape[0], shape[1], ((Tensor.Doubles) tensor).values());
        }

        private <T extends Tensor> T tensor(String name, Class<T> type) {
            return PredictorCodec.tensor(name, type, tensors);
        }
    }
}
