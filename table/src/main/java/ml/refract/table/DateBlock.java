package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A date column: the standardised time, sine and cosine of its place in year, week and day, each kept only if it varied
 * in training, then an indicator of missing cells if those of training rows tell something. A missing date gets the median time, and
 * zero for sines and cosines, the centre of their circle.
 */
final class DateBlock extends Block {
    private final @Nullable Scaling scaling;
    private final List<DatePart> parts;
    private final Gaps gaps;

    private DateBlock(SchemaColumn column, @Nullable Scaling scaling, List<DatePart> parts, Gaps gaps) {
        super(column);
        this.scaling = scaling;
        this.parts = List.copyOf(parts);
        this.gaps = gaps;
    }

    /** The block of a column, or empty when the training rows hold nothing to tell them apart. */
    static Optional<DateBlock> fit(
            String source, DateTimeColumn column, int[] trainRows, Optional<KnownTargets> targets) {
        Present present = Present.of(trainRows, column::seconds);
        List<DatePart> parts = new ArrayList<>();
        for (DatePart part : DatePart.values()) {
            if (varies(part, present.values())) {
                parts.add(part);
            }
        }
        Gaps gaps =
                Gaps.of(Arrays.stream(trainRows).mapToDouble(column::seconds).toArray(), targets);
        if (present.isEmpty() || (parts.isEmpty() && !gaps.indicated())) {
            return Optional.empty();
        }
        Scaling scaling = present.isConstant() ? null : NumericBlock.scaling(source, column.name(), present);
        return Optional.of(new DateBlock(column.schema(), scaling, parts, gaps));
    }

    private static boolean varies(DatePart part, double[] seconds) {
        double first = seconds.length == 0 ? 0 : part.of(seconds[0]);
        for (double value : seconds) {
            if (part.of(value) != first) {
                return true;
            }
        }
        return false;
    }

    static DateBlock fromJson(SchemaColumn column, JsonView json) {
        List<DatePart> parts = json.constants("parts", DatePart.class);
        Scaling scaling = parts.contains(DatePart.TIME) ? Scaling.fromJson(json.object("scaling")) : null;
        return new DateBlock(column, scaling, parts, Gaps.fromJson(json));
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        JsonArray names = new JsonArray();
        parts.forEach(part -> names.add(part.name()));
        json.add("parts", names);
        if (scaling != null) {
            json.add("scaling", scaling.toJson());
        }
        gaps.addTo(json);
        return json;
    }

    @Override
    int width() {
        return parts.size() + (gaps.indicated() ? 1 : 0);
    }

    @Override
    boolean knowsMissing() {
        return gaps.seen();
    }

    @Override
    boolean leavesIndicatorOut() {
        return gaps.leftOut();
    }

    @Override
    List<CoordinateRange> ranges(int start) {
        List<CoordinateRange> ranges = new ArrayList<>(2);
        if (!parts.isEmpty()) {
            List<String> labels =
                    parts.stream().map(part -> name() + " " + part.label()).toList();
            ranges.add(new CoordinateRange(name(), CoordinateKind.DATE_PART, start, labels));
        }
        if (gaps.indicated()) {
            ranges.add(NumericBlock.indicatorRange(name(), start + parts.size()));
        }
        return ranges;
    }

    Writer writer(DateTimeColumn dates, EncodeReport.Counter counter) {
        return (from, to, tile, offset, stride) -> {
            for (int i = from; i < to; i++) {
                int at = (i - from) * stride + offset;
                double seconds = dates.seconds(i);
                boolean missing = Double.isNaN(seconds);
                if (missing) {
                    counter.missing();
                }
                for (DatePart part : parts) {
                    tile[at++] = value(part, seconds, missing);
                }
                if (gaps.indicated()) {
                    tile[at] = missing ? 1 : 0;
                }
            }
        };
    }

    private double value(DatePart part, double seconds, boolean missing) {
        if (part == DatePart.TIME && scaling != null) {
            return scaling.standardise(scaling.fill(seconds));
        }
        return missing ? 0 : part.of(seconds);
    }
}
