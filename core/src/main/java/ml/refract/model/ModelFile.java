package ml.refract.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Conformal;
import ml.refract.explain.ResidualIntervals;
import ml.refract.model.internal.WholeFile;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;

/**
 * One file that holds a trained predictor and whatever its owner attaches to it (schema, encoder, provenance, scores):
 * safetensors with a JSON manifest, readable by any safetensors reader. Holds no code, names no device, and predicts the
 * same bits after it was read back on the same engine.
 */
public final class ModelFile {
    /** Version this library writes; it reads this one and every earlier one. */
    public static final int FORMAT = 1;

    private static final String MANIFEST = "refract.manifest";
    private static final String INTERVALS = "intervals";
    private static final String REMEDY = ". Train the model again, or copy the file again from where it came";

    private ModelFile() {}

    /**
     * What a model file holds.
     *
     * @param predictor the model
     * @param conformal its errors on rows it had not learned from; absent in files without them
     * @param attachments what was attached, by name
     */
    public record Contents(Predictor predictor, Optional<Conformal> conformal, JsonObject attachments) {
        /**
         * @throws IllegalArgumentException when the errors are not those of such a predictor
         */
        public Contents {
            if (conformal.isPresent() && !fit(predictor, conformal.get())) {
                throw new IllegalArgumentException("the errors kept for intervals are those of another model");
            }
        }

        private static boolean fit(Predictor predictor, Conformal errors) {
            return predictor instanceof Classifier classifier
                    ? errors instanceof ClassSets sets && sets.classes() == classifier.classes()
                    : errors instanceof ResidualIntervals intervals
                            && intervals.columns().size() == predictor.model().outputs();
        }
    }

    /**
     * Writes a model file without errors that intervals could come from; as {@link #write(Path, Contents)}.
     *
     * @throws ModelFileException when it cannot be written
     */
    public static void write(Path file, Predictor predictor, JsonObject attachments) {
        write(file, new Contents(predictor, Optional.empty(), attachments));
    }

    /**
     * Writes a model file: first to a temporary file beside it, which is then moved into place, so that a failure or an
     * interruption leaves either the old file or the new one.
     *
     * @throws ModelFileException when it cannot be written
     */
    public static void write(Path file, Contents model) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        JsonObject manifest = new JsonObject();
        manifest.addProperty("format", FORMAT);
        manifest.add("predictor", PredictorCodec.write(model.predictor(), tensors));
        model.conformal().ifPresent(errors -> manifest.add(INTERVALS, ConformalCodec.write(errors, tensors)));
        manifest.add("attachments", model.attachments());
        Safetensors.Contents contents = new Safetensors.Contents(tensors, Map.of(MANIFEST, manifest.toString()));
        try (WholeFile whole = WholeFile.create(file)) {
            Safetensors.write(contents, whole.channel());
            whole.commit();
        } catch (IOException e) {
            throw new ModelFileException(
                    "The model could not be written to " + file + ": " + WholeFile.reason(e)
                            + ". Name another file, or make room and allow writing there",
                    e);
        }
    }

    /**
     * Reads a model file.
     *
     * @throws ModelFileException when the file is missing, is not a Refract model, is damaged, or was written by a newer
     *     version
     */
    public static Contents read(Path file) {
        Safetensors.Contents contents;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            contents = Safetensors.read(channel);
        } catch (NoSuchFileException e) {
            throw new ModelFileException("There is no model file " + file, e);
        } catch (Safetensors.Damaged e) {
            throw new ModelFileException(
                    file + " is not a Refract model, or is damaged: " + e.getMessage() + REMEDY, e);
        } catch (IOException e) {
            throw new ModelFileException("The model file " + file + " could not be read: " + WholeFile.reason(e), e);
        }
        return decode(file, contents);
    }

    /** Whether a file begins like one that {@link #write} made; what follows may still be damaged. */
    public static boolean isModel(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return Safetensors.readMetadata(channel).containsKey(MANIFEST);
        } catch (IOException | Safetensors.Damaged e) {
            return false;
        }
    }

    private static Contents decode(Path file, Safetensors.Contents contents) {
        String text = contents.metadata().get(MANIFEST);
        if (text == null) {
            throw new ModelFileException(
                    file + " is a safetensors file, but not one that Refract wrote: it has no " + MANIFEST + " entry");
        }
        try {
            JsonObject manifest = JsonParser.parseString(text).getAsJsonObject();
            int format = manifest.get("format").getAsInt();
            if (format > FORMAT) {
                throw new ModelFileException(file + " has format " + format
                        + "; this version of Refract reads formats up " + "to " + FORMAT + ". Use a newer Refract");
            }
            if (!Safetensors.hasChecksums(contents)) {
                throw new ModelFileException(file + " is damaged: it has lost its checksums" + REMEDY);
            }
            JsonElement attachments = manifest.get("attachments");
            Predictor predictor = PredictorCodec.read(manifest.getAsJsonObject("predictor"), contents.tensors());
            Optional<Conformal> errors = Optional.ofNullable(manifest.getAsJsonObject(INTERVALS))
                    .map(json -> ConformalCodec.read(json, contents.tensors()));
            return new Contents(predictor, errors, attachments.getAsJsonObject());
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException
                | IndexOutOfBoundsException e) {
            throw new ModelFileException(
                    file + " is damaged: its manifest does not describe a model (" + e.getMessage() + ")" + REMEDY, e);
        }
    }
}
