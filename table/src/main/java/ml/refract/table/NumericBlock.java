package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Precision;
import org.jspecify.annotations.Nullable;

/**
 * A numeric column: the standardised value, the normal score of its rank if that was wanted and promises something, then an indicator of
 * missing cells if those of training rows tell something. A column whose values were all the same in training keeps the indicator alone.
 */
final class NumericBlock extends Block {
    private final @Nullable Scaling scaling;
    /** Makes the second coordinate of a number. */
    private final @Nullable RankCurve ranks;

    private final Gaps gaps;

    private NumericBlock(SchemaColumn column, @Nullable Scaling scaling, @Nullable RankCurve ranks, Gaps gaps) {
        super(column);
        this.scaling = scaling;
        this.ranks = ranks;
        this.gaps = gaps;
    }

    /** The block of a column, or empty when the training rows hold nothing to tell them apart. */
    static Optional<NumericBlock> fit(
            String source,
            NumericColumn column,
            int[] trainRows,
            Optional<KnownTargets> targets,
            EncoderOptions options) {
        Present present = Present.of(trainRows, column::value);
        Gaps gaps = Gaps.of(Arrays.stream(trainRows).mapToDouble(column::value).toArray(), targets);
        Scaling scaling = present.isConstant() ? null : scaling(source, column.name(), present);
        return present.isEmpty() || (scaling == null && !gaps.indicated())
                ? Optional.empty()
                : Optional.of(new NumericBlock(
                        column.schema(),
                        scaling,
                        options.alternatives() && scaling != null ? ranks(present, scaling) : null,
                        gaps));
    }

    /** The curve of a column for which it promises something. */
    private static @Nullable RankCurve ranks(Present present, Scaling scaling) {
        double[] sorted = new double[present.values().length + present.gaps()];
        Arrays.fill(sorted, scaling.median());
        System.arraycopy(present.values(), 0, sorted, 0, present.values().length);
        Arrays.sort(sorted);
        return RankCurve.promises(sorted, scaling) ? RankCurve.fit(sorted) : null;
    }

    /** Whether the second coordinate is the normal score of the rank. */
    boolean isRanked() {
        return ranks != null;
    }

    static Scaling scaling(String source, String name, Present present) {
        try {
            return Scaling.fit(present.values(), present.gaps());
        } catch (ArithmeticException e) {
            throw new DataException(
                    Where.column(source, name),
                    "its values cannot be standardised in double precision: " + e.getMessage(),
                    "rescale the column, or add --ignore " + name,
                    e);
        }
    }

    static NumericBlock fromJson(SchemaColumn column, JsonView json) {
        Scaling scaling = json.has("scaling") ? Scaling.fromJson(json.object("scaling")) : null;
        RankCurve ranks = json.has("ranks") ? RankCurve.fromJson(json.object("ranks")) : null;
        return new NumericBlock(column, scaling, ranks, Gaps.fromJson(json));
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        if (scaling != null) {
            json.add("scaling", scaling.toJson());
        }
        if (ranks != null) {
            json.add("ranks", ranks.toJson());
        }
        gaps.addTo(json);
        return json;
    }

    @Override
    int width() {
        return (scaling == null ? 0 : 1) + (ranks == null ? 0 : 1) + (gaps.indicated() ? 1 : 0);
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
        List<CoordinateRange> ranges = new ArrayList<>(3);
        if (scaling != null) {
            ranges.add(new CoordinateRange(name(), CoordinateKind.VALUE, start, List.of(name())));
        }
        if (ranks != null) {
            int at = start + ranges.size();
            ranges.add(new CoordinateRange(name(), CoordinateKind.RANK, at, List.of("rank of " + name())));
        }
        if (gaps.indicated()) {
            ranges.add(indicatorRange(name(), start + ranges.size()));
        }
        return ranges;
    }

    static CoordinateRange indicatorRange(String name, int coordinate) {
        return new CoordinateRange(name, CoordinateKind.INDICATOR, coordinate, List.of(name + " missing"));
    }

    Writer writer(Table table, NumericColumn numbers, Precision precision, EncodeReport.Counter counter) {
        return (from, to, tile, offset, stride) -> {
            for (int i = from; i < to; i++) {
                int at = (i - from) * stride + offset;
                double value = numbers.value(i);
                boolean missing = Double.isNaN(value);
                if (missing) {
                    counter.missing();
                }
                if (scaling != null) {
                    tile[at++] = standardised(scaling, value, precision, table, i);
                    if (ranks != null) {
                        tile[at++] = ranks.of(scaling.fill(value));
                    }
                }
                if (gaps.indicated()) {
                    tile[at] = missing ? 1 : 0;
                }
            }
        };
    }

    private double standardised(Scaling fitted, double value, Precision precision, Table table, int row) {
        double z = fitted.standardise(fitted.fill(value));
        if (!(Math.abs(z) <= precision.largest())) {
            throw new DataException(
                    Where.column(Where.row(table.source(), table.dataRow(row), 0), name()),
                    "found " + value + ", which is too far from the training values (mean " + fitted.mean()
                            + ", standard deviation " + fitted.sd() + ") to be standardised in "
                            + (precision == Precision.FLOAT32 ? "single" : "double") + " precision",
                    "correct the value, or rescale the column before training");
        }
        return z;
    }
}
