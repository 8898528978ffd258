package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.linalg.Design;

/**
 * A categorical column: one coordinate for each level seen in training, then one for missing cells if training rows had
 * any. Levels never seen, and missing cells that training did not have, are all zeros. Columns of many levels are kept
 * as codes, so that the coordinates exist only on paper.
 */
final class CategoricalBlock extends Block {
    private static final String MISSING_LEVEL = "(missing)";

    private final Levels levels;
    private final boolean missingLevel;
    private final boolean coded;

    private CategoricalBlock(SchemaColumn column, boolean missingLevel, boolean coded) {
        super(column);
        this.levels = column.levelIndex();
        this.missingLevel = missingLevel;
        this.coded = coded;
    }

    /** The block of a column, or empty when the training rows hold nothing to tell them apart. */
    static Optional<CategoricalBlock> fit(CategoricalColumn column, int[] trainRows, EncoderOptions options) {
        Levels levels = column.levelsIn(Arrays.stream(trainRows));
        boolean missing = Arrays.stream(trainRows).anyMatch(column::isMissing);
        int width = levels.size() + (missing ? 1 : 0);
        if (levels.size() == 0 || width == 1) {
            return Optional.empty();
        }
        SchemaColumn described = SchemaColumn.of(column.name(), column.type(), levels);
        return Optional.of(new CategoricalBlock(described, missing, width > options.maxOneHotLevels()));
    }

    static CategoricalBlock fromJson(SchemaColumn column, JsonView json) {
        return new CategoricalBlock(column, json.flag("missingLevel"), json.flag("coded"));
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        json.addProperty("missingLevel", missingLevel);
        json.addProperty("coded", coded);
        return json;
    }

    @Override
    int width() {
        return levels.size() + (missingLevel ? 1 : 0);
    }

    @Override
    boolean knowsMissing() {
        return missingLevel;
    }

    /** Whether the column is kept as codes. */
    boolean isCoded() {
        return coded;
    }

    @Override
    List<CoordinateRange> ranges(int start) {
        return List.of(new CoordinateRange(name(), CoordinateKind.LEVEL, start, new Labels()));
    }

    Writer writer(CategoricalColumn column, EncodeReport.Counter counter) {
        Coder coder = new Coder(column, counter);
        return (from, to, tile, offset, stride) -> {
            for (int i = from; i < to; i++) {
                int code = coder.code(i);
                if (code >= 0) {
                    tile[(i - from) * stride + offset + code] = 1;
                }
            }
        };
    }

    Design.Group group(CategoricalColumn column, EncodeReport.Counter counter) {
        Coder coder = new Coder(column, counter);
        int[] codes = new int[column.rows()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = coder.code(i);
        }
        return new Design.Group(codes, width());
    }

    /** Turns the codes of a column into those of this block. */
    private final class Coder {
        private final CategoricalColumn column;
        private final EncodeReport.Counter counter;
        private final List<String> names;
        private final boolean sameLevels;
        private final int[] translation;

        Coder(CategoricalColumn column, EncodeReport.Counter counter) {
            this.column = column;
            this.counter = counter;
            this.names = column.levels();
            // Rows read under the schema of the encoder share its levels: nothing to look up, however many there are.
            this.sameLevels = column.known().equals(levels);
            this.translation = sameLevels ? new int[0] : levels.codes(names);
        }

        int code(int row) {
            int found = column.code(row);
            if (found < 0) {
                counter.missing();
                return missingLevel ? levels.size() : -1;
            }
            int code = sameLevels ? (found < levels.size() ? found : -1) : translation[found];
            if (code < 0) {
                counter.unseen(names.get(found));
            }
            return code;
        }
    }

    private final class Labels extends AbstractList<String> {
        @Override
        public String get(int coordinate) {
            String level = missingLevel && coordinate == levels.size()
                    ? MISSING_LEVEL
                    : levels.names().get(coordinate);
            return name() + "=" + level;
        }

        @Override
        public int size() {
            return width();
        }
    }
}
