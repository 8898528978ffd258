package ml.refract.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.refract.engine.Execution;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Coverage;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.ResidualIntervals;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Loss;
import ml.refract.rfm.MetricForm;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Calibration;
import ml.refract.task.Calibrator;
import ml.refract.task.ClassCoding;
import ml.refract.task.ClassPredictions;
import ml.refract.task.Classifier;
import ml.refract.task.Decision;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.task.Reliability;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.task.TaskOptions;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFileTest {
    @TempDir
    private Path folder;

    private final Execution execution = TestEngines.serial(TestEngines.VECTOR);
    private final JsonObject attachments = new JsonObject();

    private static Design rows(int count, long seed) {
        TestData data = TestData.seeded(seed);
        return data.design(data.floats(count, 3), 40);
    }

    private static TaskOptions options(Kernel kernel, boolean diagonal, int leafRows) {
        return TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder()
                        .kernel(kernel)
                        .iterations(2)
                        .metric(diagonal ? MetricForm.DIAGONAL : MetricForm.FULL)
                        .build())
                .maxLeafRows(leafRows)
                .build());
    }

    private Regressor regressor(TaskOptions options) {
        Design x = rows(120, 1);
        double[] y = new double[120];
        Arrays.setAll(y, i -> 10 + x.dense().get(i, 0) + x.groups().get(0).codes()[i] % 3);
        return Regressor.fit(new Regressor.Data(x, DoubleMatrix.column(y)), options, execution)
                .predictor();
    }

    private Classifier classifier(ClassCoding.Kind coding) {
        Design x = rows(120, 2);
        int[] labels = new int[120];
        Arrays.setAll(labels, i -> x.dense().get(i, 0) > 0.3 ? 2 : x.dense().get(i, 1) > 0 ? 1 : 0);
        return Classifier.fit(
                        new Classifier.Data(x, labels, 3),
                        options(Kernel.laplace(10, 1), false, 1000).withCoding(coding),
                        execution)
                .predictor();
    }

    private Stream<Predictor> predictors() {
        return Stream.of(
                regressor(options(Kernel.laplace(10, 1), false, 1000)),
                regressor(options(Kernel.lpq(8, 1.5, 1.1), true, 1000)),
                regressor(options(Kernel.product(20, 0.8), false, 40)),
                regressor(options(Kernel.sumPower(5, 1, 0.1, 2), true, 60)),
                regressor(options(Kernel.ntk(3, 2), false, 40)),
                regressor(options(Kernel.network(Kernel.Family.NNGP, 3, 2, DualActivation.leakyRelu(0.3)), false, 40)),
                regressor(options(
                        Kernel.network(Kernel.Family.NTK, 3, 2, DualActivation.polynomial(0.1, 0.6, 0, 0.3)),
                        false,
                        40)),
                classifier(ClassCoding.Kind.ZERO_ONE),
                classifier(ClassCoding.Kind.PREVALENCE),
                logisticClassifier());
    }

    private Classifier logisticClassifier() {
        TaskOptions squared = options(Kernel.laplace(10, 1), false, 60);
        RfmOptions leaf = squared.xrfm().leaf().toBuilder().loss(Loss.LOGISTIC).build();
        Design x = rows(120, 2);
        int[] labels = new int[120];
        Arrays.setAll(labels, i -> x.dense().get(i, 0) > 0.3 ? 2 : x.dense().get(i, 1) > 0 ? 1 : 0);
        return Classifier.fit(
                        new Classifier.Data(x, labels, 3),
                        squared.withXrfm(squared.xrfm().toBuilder().leaf(leaf).build()),
                        execution)
                .predictor();
    }

    @Test
    void modelsPredictTheSameBitsAfterTheyWereReadBack() {
        attachments.addProperty("note", "price in €, \"quoted\"\n");
        Path file = folder.resolve("a.refract");
        Design queries = rows(40, 3);
        predictors().forEach(before -> {
            ModelFile.write(file, before, attachments);
            ModelFile.Contents after = ModelFile.read(file);
            assertThat(after.attachments()).isEqualTo(attachments);
            assertThat(predict(after.predictor(), queries)).isEqualTo(predict(before, queries));
            assertThat(after.predictor().model().trees().get(0).temperature())
                    .isEqualTo(before.model().trees().get(0).temperature());
            assertThat(after.predictor().model().trees().get(0).rows().get(0))
                    .containsExactly(before.model().trees().get(0).rows().get(0));
        });
        assertThat(folder.toFile().list()).as("no temporary file stays behind").containsExactly("a.refract");
    }

    private static Classifier calibrated(Classifier plain, Calibrator form) {
        Reliability reliability = new Reliability(
                List.of(new Reliability.Bin(30, 0.2, 0.25), new Reliability.Bin(30.5, 0.7, 1)), 0.1, 0.02);
        return plain.withCalibration(
                new Calibration(form, Calibration.Source.CROSS_FIT, 60, 0.5, 0.4, 0.05, reliability));
    }

    @Test
    void calibrationsAndDecisionsAreKept() {
        Classifier plain = classifier(ClassCoding.Kind.PREVALENCE);
        Calibrator.Curve curve = new Calibrator.Curve(new double[] {0.1, 0.5, 0.9}, new double[] {0.2, 0.2, 0.7});
        DoubleMatrix costs = DoubleMatrix.fromRows(new double[][] {{0, 1, 9}, {1, 0, 9}, {1, 1, 0}});
        Path file = folder.resolve("c");
        Design queries = rows(40, 3);
        Stream.of(
                        new Calibrator.None(),
                        new Calibrator.Identity(),
                        new Calibrator.Temperature(1.7),
                        new Calibrator.Floor(new Calibrator.Temperature(0.3), 0.004),
                        new Calibrator.Vector(3.3, new double[] {0.1, -0.3, 0.2}),
                        new Calibrator.Isotonic(List.of(curve, curve, curve)))
                .forEach(form -> {
                    Classifier before = calibrated(plain, form).withDecision(new Decision.LeastCost(costs));
                    ModelFile.write(file, before, attachments);
                    Classifier after = (Classifier) ModelFile.read(file).predictor();
                    ClassPredictions expected = before.predict(queries, execution);
                    ClassPredictions predicted = after.predict(queries, execution);
                    assertThat(predicted.probabilities()).isEqualTo(expected.probabilities());
                    assertThat(predicted.labels()).isEqualTo(expected.labels());
                    assertThat(after.decision()).isEqualTo(before.decision());
                    assertThat(after.calibration()).usingRecursiveComparison().isEqualTo(before.calibration());
                });
    }

    @Test
    void calibrationsOfTwoClassesAreKept() {
        ClassCoding two = ClassCoding.of(ClassCoding.Kind.ZERO_ONE, new double[] {0.5, 0.5});
        Classifier plain = new Classifier(
                regressor(options(Kernel.laplace(10, 1), false, 1000)).model(), two);
        Path file = folder.resolve("c");
        for (Calibrator form : List.of(
                new Calibrator.Platt(4, -2),
                new Calibrator.Isotonic(
                        List.of(new Calibrator.Curve(new double[] {0.1, 0.5}, new double[] {0.2, 0.3}))))) {
            Classifier before = calibrated(plain, form).withDecision(new Decision.Threshold(0.3));
            ModelFile.write(file, before, attachments);
            Classifier after = (Classifier) ModelFile.read(file).predictor();
            assertThat(after.calibration()).usingRecursiveComparison().isEqualTo(before.calibration());
            assertThat(after.decision()).isEqualTo(new Decision.Threshold(0.3));
        }
    }

    /** As written before there were calibrations. */
    @Test
    void classifiersWithoutCalibrationAndDecisionAreRead() {
        Classifier before = classifier(ClassCoding.Kind.PREVALENCE);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        JsonObject predictor = PredictorCodec.write(before, tensors);
        assertThat(predictor.has("calibration")).isFalse();
        predictor.remove("decision");
        Classifier after = (Classifier) PredictorCodec.read(predictor, tensors);
        assertThat(after.calibration()).isEmpty();
        assertThat(after.decision()).isEqualTo(new Decision.MostProbable());
        assertThat(predict(after, rows(40, 3))).isEqualTo(predict(before, rows(40, 3)));
    }

    @Test
    void errorsForIntervalsAreReadBack() {
        TestData data = TestData.seeded(4);
        int[] every = IntStream.range(0, 300).toArray();
        DoubleMatrix predictions = data.matrix(300, 1);
        ResidualIntervals residuals =
                ResidualIntervals.of(data.matrix(300, 1), every, predictions, ErrorSource.CROSS_FITTED);
        ModelFile.write(
                folder.resolve("a"),
                new ModelFile.Contents(
                        regressor(options(Kernel.laplace(10, 1), false, 1000)), Optional.of(residuals), attachments));
        ResidualIntervals read = (ResidualIntervals)
                ModelFile.read(folder.resolve("a")).conformal().orElseThrow();
        assertThat(read.rows()).isEqualTo(300);
        assertThat(read.source()).isEqualTo(ErrorSource.CROSS_FITTED);
        assertThat(read.columns().get(0).values())
                .containsExactly(residuals.columns().get(0).values());

        DoubleMatrix probabilities = DoubleMatrix.zeros(300, 3);
        Arrays.setAll(probabilities.values(), k -> data.uniform(0, 1));
        int[] labels = Arrays.stream(every).map(i -> i % 2).toArray(); // none of class 2
        ClassSets sets = ClassSets.of(labels, every, probabilities, ErrorSource.CHOOSING);
        ModelFile.write(
                folder.resolve("b"),
                new ModelFile.Contents(classifier(ClassCoding.Kind.ZERO_ONE), Optional.of(sets), attachments));
        ClassSets readSets =
                (ClassSets) ModelFile.read(folder.resolve("b")).conformal().orElseThrow();
        assertThat(readSets.source()).isEqualTo(ErrorSource.CHOOSING);
        for (ClassSets.Kind kind : ClassSets.Kind.values()) {
            assertThat(readSets.bounds(new Coverage(0.9), kind)).containsExactly(sets.bounds(new Coverage(0.9), kind));
        }
        ModelFile.write(folder.resolve("c"), classifier(ClassCoding.Kind.ZERO_ONE), attachments);
        assertThat(ModelFile.read(folder.resolve("c")).conformal()).isEmpty();
    }

    @Test
    void transformsOfTargetsAreKept() throws IOException {
        Design x = rows(120, 6);
        DoubleMatrix y = DoubleMatrix.zeros(120, TargetTransform.Kind.values().length);
        List<TargetTransform> transforms = new ArrayList<>();
        for (int l = 0; l < y.cols(); l++) {
            for (int i = 0; i < 120; i++) {
                y.set(i, l, Math.exp(x.dense().get(i, 0) + 0.1 * l));
            }
            transforms.add(TargetTransform.Kind.values()[l].fit(y.col(l)).orElseThrow());
        }
        Regressor before = Regressor.fit(
                        new Regressor.Data(x, y), transforms, options(Kernel.laplace(10, 1), false, 1000), execution)
                .predictor()
                .withErrors(y, TestData.seeded(7).matrix(120, y.cols()));
        assertThat(before.targets().get(1).errors()).hasSize(50);
        Path file = folder.resolve("a");
        ModelFile.write(file, before, attachments);
        Regressor after = (Regressor) ModelFile.read(file).predictor();
        Design queries = rows(40, 8);
        assertThat(predict(after, queries)).isEqualTo(predict(before, queries));
        for (int l = 0; l < y.cols(); l++) {
            TargetScale scale = after.targets().get(l);
            assertThat(scale.transform().kind()).isEqualTo(TargetTransform.Kind.values()[l]);
            assertThat(scale.mean()).isEqualTo(before.targets().get(l).mean());
            assertThat(scale.transform().forward(y.get(3, l)))
                    .isEqualTo(transforms.get(l).forward(y.get(3, l)));
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                .as("readers that know no transforms must fail")
                .doesNotContain("targetMeans");
    }

    @Test
    void writingAReadModelGivesTheSameBytes() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        ModelFile.write(first, regressor(options(Kernel.laplace(10, 1), false, 60)), attachments);
        ModelFile.Contents contents = ModelFile.read(first);
        ModelFile.write(second, contents);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    }

    @Test
    void float64MachinesKeepTheirDoubles() {
        Execution exact = TestEngines.serial(TestEngines.SCALAR);
        DoubleMatrix x = TestData.seeded(4).matrix(50, 3);
        Regressor before = Regressor.fit(
                        new Regressor.Data(Design.of(x), DoubleMatrix.column(x.col(0))),
                        options(Kernel.laplace(10, 1), false, 1000),
                        exact)
                .predictor();
        Path file = folder.resolve("m");
        ModelFile.write(file, before, attachments);
        Regressor after = (Regressor) ModelFile.read(file).predictor();
        assertThat(after.predict(Design.of(x), exact)).isEqualTo(before.predict(Design.of(x), exact));
    }

    private DoubleMatrix predict(Predictor predictor, Design rows) {
        return predictor instanceof Regressor regressor
                ? regressor.predict(rows, execution)
                : ((Classifier) predictor).predict(rows, execution).probabilities();
    }

    private byte[] written() throws IOException {
        Path file = folder.resolve("good");
        ModelFile.write(file, classifier(ClassCoding.Kind.PREVALENCE), attachments);
        return Files.readAllBytes(file);
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        byte[] good = written();
        Path file = folder.resolve("bad");
        TestData random = TestData.seeded(5);
        for (int trial = 0; trial < 400; trial++) {
            byte[] bad = good.clone();
            // The first bytes and the header matter most; numbers follow.
            int at = trial < 8 ? trial : random.below(trial < 250 ? 6_000 : bad.length);
            bad[at] ^= (byte) (1 << random.below(8));
            Files.write(file, bad);
            assertThatThrownBy(() -> ModelFile.read(file))
                    .as("byte %d", at)
                    .isInstanceOf(ModelFileException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void damageToTheNamesOfTheChecksumsIsNoticed() throws IOException {
        String good = new String(written(), StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("bad");
        for (String key : List.of("refract.header.sha256", "refract.tensors.sha256")) {
            Files.write(file, good.replace(key, key.replace('r', 's')).getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> ModelFile.read(file)).isInstanceOf(ModelFileException.class);
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] good = written();
        Path file = folder.resolve("short");
        for (int length : new int[] {0, 1, 7, 8, 9, 100, 2_000, good.length / 2, good.length - 1}) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> ModelFile.read(file))
                    .as("%d bytes", length)
                    .isInstanceOf(ModelFileException.class);
        }
        Files.write(file, Arrays.copyOf(good, good.length + 3));
        assertThatThrownBy(() -> ModelFile.read(file))
                .hasMessage(file
                        + " is not a Refract model, or is damaged: it has 3 bytes after its last tensor. Train the "
                        + "model again, or copy the file again from where it came");
    }

    static List<Object[]> strangers() {
        return List.of(new Object[] {"", "is not a Refract model, or is damaged: it has only 0 bytes"}, new Object[] {
            "a,b,target\n1,2,3\n4,5,6\n",
            "is not a Refract model, or is damaged: it does not start with the length of a header"
        });
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void otherFilesAreToldApart(String text, String message) throws IOException {
        Path file = folder.resolve("data.csv");
        Files.writeString(file, text);
        assertThatThrownBy(() -> ModelFile.read(file))
                .isInstanceOf(ModelFileException.class)
                .hasMessage(
                        file + " " + message + ". Train the model again, or copy the file again from where it came");
    }

    @Test
    void safetensorsOfOthersAreToldApart() throws IOException {
        Path file = folder.resolve("other.safetensors");
        Files.write(file, container("{\"__metadata__\":{\"format\":\"pt\"}}"));
        assertThatThrownBy(() -> ModelFile.read(file))
                .hasMessage(file
                        + " is a safetensors file, but not one that Refract wrote: it has no refract.manifest entry");
    }

    private static byte[] container(String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    @Test
    void filesOfANewerFormatAreRefusedByVersion() throws IOException {
        Path file = folder.resolve("new");
        String manifest = "{\"format\":2,\"predictor\":{},\"attachments\":{}}";
        JsonObject metadata = new JsonObject();
        metadata.addProperty("refract.manifest", manifest);
        JsonObject header = new JsonObject();
        header.add("__metadata__", metadata);
        Files.write(file, container(header.toString()));
        assertThatThrownBy(() -> ModelFile.read(file))
                .hasMessage(file + " has format 2; this version of Refract reads formats up to 1. Use a newer Refract");
    }

    @Test
    void headersThatClaimHugeTensorsAllocateNothing() throws IOException {
        Path file = folder.resolve("huge");
        Files.write(
                file,
                container("{\"__metadata__\":{},\"x\":{\"dtype\":\"F64\",\"shape\":[200000000],"
                        + "\"data_offsets\":[0,1600000000]}}"));
        assertThatThrownBy(() -> ModelFile.read(file))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("it ends after 0 of 1600000000 bytes of numbers");
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        Path missing = folder.resolve("nothing.refract");
        assertThatThrownBy(() -> ModelFile.read(missing)).hasMessage("There is no model file " + missing);
        Path target = folder.resolve("no/such/folder/m");
        Predictor model = regressor(options(Kernel.laplace(10, 1), false, 1000));
        assertThatThrownBy(() -> ModelFile.write(target, model, attachments))
                .isInstanceOf(ModelFileException.class)
                .hasMessage("The model could not be written to " + target
                        + ": the folder does not exist. Name another file, or " + "make room and allow writing there");
    }

    @Test
    void anExistingFileSurvivesAFailedWrite() throws IOException {
        Path target = folder.resolve("taken");
        Files.createDirectory(target);
        Files.writeString(target.resolve("keep"), "x");
        Predictor model = regressor(options(Kernel.laplace(10, 1), false, 1000));
        assertThatThrownBy(() -> ModelFile.write(target, model, attachments)).isInstanceOf(ModelFileException.class);
        assertThat(target.resolve("keep")).hasContent("x");
        assertThat(folder.toFile().list()).as("no temporary file stays behind").containsExactly("taken");
    }
}
