package ml.refract.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import ml.refract.concept.ConceptStudy;
import ml.refract.concept.Method;
import ml.refract.concept.ProbeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Settings of extractions. What is not given is searched as the method's authors do. */
final class ProbeSettings {
    private static final Map<String, String> NAMES = new LinkedHashMap<>(Map.of(
            "components", "--components",
            "bandwidths", "--bandwidth",
            "ridge", "--ridge",
            "iterations", "--iterations"));

    /** A choice that can be left to the search. */
    enum Choice {
        YES,
        NO,
        BOTH;

        private Boolean[] values(boolean first) {
            return switch (this) {
                case YES -> new Boolean[] {true};
                case NO -> new Boolean[] {false};
                case BOTH -> new Boolean[] {first, !first};
            };
        }
    }

    @Option(
            names = "--method",
            split = ",",
            paramLabel = "NAME",
            description =
                    "rfm; means: difference of means; pca: principal components of differences; logistic; ridge; lda: "
                            + "discriminant. Several by commas. Default: all that suit the labels.")
    List<Method> methods = new ArrayList<>();

    @Option(
            names = "--components",
            paramLabel = "P",
            description = "Most directions to extract, and to detect by; the first is the concept vector. Default: 10.")
    int components = ConceptStudy.DETECTION_COMPONENTS;

    @Option(
            names = "--select",
            paramLabel = "SCORE",
            description =
                    "What chooses among candidates: correlation of the first direction with the labels, for steering; auc "
                            + "of a read-out of all directions, for detection. Default: correlation.")
    ProbeOptions.Criterion select = ProbeOptions.Criterion.CORRELATION;

    @Option(
            names = "--unit-rows",
            paramLabel = "yes|no|both",
            description = "Scale centred rows to unit length. Default: both are tried.")
    Choice unitRows = Choice.BOTH;

    @Option(
            names = "--bandwidth",
            split = ",",
            paramLabel = "B",
            description = "Bandwidths to try, of rfm. Default: 1,10,100.")
    List<Double> bandwidths = new ArrayList<>();

    @Option(
            names = "--centre-gradients",
            paramLabel = "yes|no|both",
            description = "Subtract the mean gradient, in rfm. Default: both are tried.")
    Choice centreGradients = Choice.BOTH;

    @Option(
            names = "--iterations",
            paramLabel = "T",
            description = "Most times the metric of rfm is learned anew; each is tried. Default: 10.")
    @Nullable
    Integer iterations;

    @Option(
            names = "--ridge",
            paramLabel = "R",
            description = "What rfm adds to the diagonal of its kernel matrix. Default: 0.001.")
    @Nullable
    Double ridge;

    @Option(names = "--seed", paramLabel = "N", description = "Drives every random choice. Default: 0.")
    long seed;

    ProbeOptions options() {
        ProbeOptions.Builder builder = ProbeOptions.defaults().toBuilder()
                .components(components)
                .criterion(select)
                .unitRows(unitRows.values(false))
                .centredGradients(centreGradients.values(true))
                .seed(seed);
        if (!bandwidths.isEmpty()) {
            builder.bandwidths(bandwidths.toArray(Double[]::new));
        }
        if (iterations != null) {
            builder.iterations(iterations);
        }
        if (ridge != null) {
            builder.ridge(ridge);
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            for (Map.Entry<String, String> name : NAMES.entrySet()) {
                message = message.replaceAll("(?<=: |; )" + name.getKey() + " ", name.getValue() + " ");
            }
            throw new UsageException(message);
        }
    }

    /** The methods to use for labels that say absent or present, or for numbers. */
    List<Method> methods(boolean binary) {
        if (methods.isEmpty()) {
            return Arrays.stream(Method.values())
                    .filter(method -> binary || !method.needsBinaryTargets())
                    .toList();
        }
        for (Method method : methods) {
            if (method.needsBinaryTargets() && !binary) {
                throw new UsageException("--method " + method.id()
                        + " needs labels of two values, and these have others. Name the label that means present with "
                        + "--positive, or use rfm and ridge");
            }
        }
        return List.copyOf(new LinkedHashSet<>(methods));
    }
}
