package ml.refract.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import ml.refract.bench.jmh.Ceilings;
import ml.refract.bench.jmh.Family;
import ml.refract.bench.jmh.GradientMoment;
import ml.refract.bench.jmh.KernelMatrix;
import ml.refract.bench.jmh.KernelTile;
import ml.refract.bench.jmh.Prediction;
import ml.refract.linalg.SymmetricProduct;

/** The tables of {@link SpeedOfParts}. Benchmarks that were not run have none. */
final class SpeedPage {
    private static final String VALUE = "VALUE";
    private static final String VECTOR = "vector";
    private static final String LAPLACE = Family.LAPLACE.name();
    private static final String PERCENT = "%.0f %%";
    /** Sides from which on solves are products of tiles in float32. */
    private static final int MANY_SIDES = 12;

    private final List<Timing> timings;
    private final List<Timing> ceilingsAfter;
    private final StringBuilder text = new StringBuilder("# Speed of the parts\n\n");

    /**
     * @param ceilingsAfter the ceilings, measured again at the end
     */
    SpeedPage(List<Timing> timings, List<Timing> ceilingsAfter) {
        this.timings = timings;
        this.ceilingsAfter = ceilingsAfter;
    }

    /** All tables. */
    String write(String head) {
        text.append(head)
                .append(
                        "\n\nEach benchmark ran in a JVM of its own. Times are medians over JMH's iterations, ± half of the "
                                + "99.9 % confidence interval of the mean, on one thread unless said otherwise. GFLOP/s are "
                                + "10^9 additions and multiplications a second, GB/s 10^9 bytes a second.\n");
        ceilings();
        tiles(VALUE, "Kernel tiles");
        tiles("WEIGHT", "Tiles of gradient weights");
        engines();
        matrices();
        factorisations();
        solves();
        moments();
        predictions();
        latencies();
        text.append(Target.section(targets()));
        return text.toString();
    }

    private Stream<Timing> of(String benchmark) {
        return timings.stream().filter(timing -> timing.benchmark().equals(benchmark));
    }

    /** A section with a table of the given timings, or nothing when there are none. */
    private void section(
            String title, String remark, String columns, List<Timing> lines, Function<Timing, String> row) {
        if (lines.isEmpty()) {
            return;
        }
        int count = columns.length() - columns.replace("|", "").length() - 1;
        text.append("\n## ").append(title).append("\n\n").append(remark).append("\n\n");
        text.append(columns).append('\n').append("|---:".repeat(count)).append("|\n");
        lines.forEach(line -> text.append(row.apply(line)).append('\n'));
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static Family family(Timing timing) {
        return Family.valueOf(timing.param("family"));
    }

    private static String percent(double share) {
        return line("%.0f %%", 100 * share);
    }

    /** Nanoseconds in a readable unit, with their error. */
    private static String time(Timing timing) {
        double nanos = timing.nanos();
        String value =
                nanos < 1e6 ? line("%.1f µs", nanos / 1e3) : line(nanos < 1e8 ? "%.2f ms" : "%.0f ms", nanos / 1e6);
        return value + line(" ± %.0f %%", 100 * timing.relativeError());
    }

    // Ceilings

    private record Ceiling(String title, String method, double amount, String unit) {
        String value(double nanos, int threads) {
            return line("%.1f %s", threads * amount / nanos, unit);
        }
    }

    private static final List<Ceiling> CEILINGS = List.of(
            new Ceiling("float32 fused multiply-add", "float32", Ceilings.FLOAT32_FLOPS, "GFLOP/s"),
            new Ceiling("float64 fused multiply-add", "float64", Ceilings.FLOAT64_FLOPS, "GFLOP/s"),
            new Ceiling("read from memory", "read", Ceilings.MEMORY_BYTES, "GB/s"),
            new Ceiling("copy in memory, read and written", "copy", 2.0 * Ceilings.MEMORY_BYTES, "GB/s"),
            new Ceiling("read from level-2 cache", "readCached", Ceilings.CACHED_BYTES, "GB/s"));

    private void ceilings() {
        text.append(
                "\n## Ceilings\n\nWhat loops do that do nothing else, measured before everything else and again at the end; where "
                        + "the two differ, so may all between. Shares below are of the higher one.\n\n"
                        + "| | 1 thread | ± | at the end | 2 threads | ± | at the end |\n|---|---:|---:|---:|---:|---:|---:|\n");
        for (Ceiling ceiling : CEILINGS) {
            text.append("| ").append(ceiling.title());
            for (int threads : new int[] {1, 2}) {
                Timing before = ceiling(timings, ceiling.method(), threads);
                Timing after = ceiling(ceilingsAfter, ceiling.method(), threads);
                text.append(line(
                        " | %s | %s | %s",
                        ceiling.value(before.nanos(), threads),
                        percent(before.relativeError()),
                        ceiling.value(after.nanos(), threads)));
            }
            text.append(" |\n");
        }
    }

    private static Timing ceiling(List<Timing> among, String method, int threads) {
        return find(among, timing -> timing.benchmark().equals("Ceilings." + method) && timing.callers() == threads);
    }

    private static Timing find(List<Timing> among, Predicate<Timing> wanted) {
        return among.stream().filter(wanted).findFirst().orElseThrow();
    }

    /** The shorter time of the two measurements: a ceiling that other processes pressed down would flatter the parts. */
    private double leastNanos(String method, int threads) {
        return Math.min(
                ceiling(timings, method, threads).nanos(),
                ceiling(ceilingsAfter, method, threads).nanos());
    }

    /** Floating-point operations a nanosecond, or GFLOP/s. */
    private double float32Peak(int threads) {
        return threads * Ceilings.FLOAT32_FLOPS / leastNanos("float32", threads);
    }

    private double float64Peak(int threads) {
        return threads * Ceilings.FLOAT64_FLOPS / leastNanos("float64", threads);
    }

    private double readPeak(int threads) {
        return threads * Ceilings.MEMORY_BYTES / leastNanos("read", threads);
    }

    // Tiles

    private void tiles(String output, String title) {
        List<Timing> lines = of("KernelTile.fill")
                .filter(timing -> timing.param("engine").equals(VECTOR)
                        && timing.param("output").equals(output))
                .sorted((a, b) -> family(a).compareTo(family(b)))
                .toList();
        section(
                title,
                "A tile of 256 x 256 that stays in the level-2 cache. Of the time at one coordinate, d = 1, nearly all is the "
                        + "elementary function: a root and an exponential (Laplace), an exponential (Gaussian, product), a power "
                        + "and an exponential (q = 1.3), two of the powers (l_p). Per coordinate: what each further coordinate adds, "
                        + "(t(d) - t(1)) / (d - 1); that is a power for l_p and an exponential for sum-power. GFLOP/s count 2 d "
                        + "operations for a pair, as an inner product has, and no elementary function. Of peak: their share "
                        + "of the float32 ceiling. Of floor: the share that t(1) and 2 (d - 1) operations at the ceiling "
                        + "would take. Allocated: bytes for a pair; more than a few tenths mean boxed vectors.",
                "| kernel | d | ns per pair | ± | ns per coordinate | GFLOP/s | of peak | of floor | allocated |",
                lines,
                timing -> tile(timing, lines));
    }

    private String tile(Timing timing, List<Timing> all) {
        Family family = family(timing);
        int d = timing.intParam("d");
        double nanos = timing.nanos() / KernelTile.ENTRIES;
        double one = find(all, other -> family(other) == family && other.intParam("d") == 1)
                        .nanos()
                / KernelTile.ENTRIES;
        double peak = float32Peak(1);
        double floor = one + 2 * (d - 1) / peak;
        boolean inner = family.kernel().rotationInvariant();
        return line(
                "| %s | %d | %.3f | %s | %s | %s | %s | %s | %.1f |",
                family.title(),
                d,
                nanos,
                percent(timing.relativeError()),
                d == 1 ? "" : line("%.3f", (nanos - one) / (d - 1)),
                inner ? line("%.1f", 2 * d / nanos) : "",
                inner ? percent(2 * d / nanos / peak) : "",
                inner ? percent(floor / nanos) : "",
                timing.allocated() / KernelTile.ENTRIES);
    }

    private void engines() {
        section(
                "Other engines",
                "The same tile; how many times as long as with the vector engine.",
                "| engine | kernel | d | ns per pair | ± | ratio |",
                of("KernelTile.fill")
                        .filter(timing -> !timing.param("engine").equals(VECTOR))
                        .toList(),
                timing -> line(
                        "| %s | %s | %s | %.2f | %s | %s |",
                        timing.param("engine"),
                        family(timing).title(),
                        timing.param("d"),
                        timing.nanos() / KernelTile.ENTRIES,
                        percent(timing.relativeError()),
                        ratio(timing.nanos() / KernelTile.ENTRIES / tileNanos(timing))));
    }

    /** Nanoseconds of a pair in a value tile of the vector engine; NaN where that was not run. */
    private double tileNanos(String family, int d) {
        return nanos(
                        "KernelTile.fill",
                        Map.of("engine", VECTOR, "output", VALUE, "family", family, "d", String.valueOf(d)))
                / KernelTile.ENTRIES;
    }

    /** The same for the kernel and width of another timing. */
    private double tileNanos(Timing like) {
        return tileNanos(like.param("family"), like.intParam("d"));
    }

    /** Nanoseconds of a call with some parameters; NaN where that was not run. */
    private double nanos(String benchmark, Map<String, String> params) {
        return of(benchmark)
                .filter(timing -> params.entrySet().stream()
                        .allMatch(param -> timing.param(param.getKey()).equals(param.getValue())))
                .mapToDouble(Timing::nanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String ratio(double ratio) {
        return Double.isNaN(ratio) ? "" : line("%.2f", ratio);
    }

    private void matrices() {
        section(
                "Kernel matrices",
                "The lower triangle of tiles of K(X, X) for 4,096 rows, 34 MiB written to memory. Beside tile: the time of a "
                        + "pair, threads together, over its time in a tile that stays in the cache.",
                "| kernel | d | threads | time | ns per pair | GFLOP/s | of peak | GB/s written | beside tile |",
                of("KernelMatrix.fill").toList(),
                this::matrix);
    }

    private String matrix(Timing timing) {
        int threads = timing.intParam("threads");
        double nanos = timing.nanos() / KernelMatrix.ENTRIES;
        double flops = 2 * timing.intParam("d") / nanos;
        boolean inner = family(timing).kernel().rotationInvariant();
        return line(
                "| %s | %s | %d | %s | %.3f | %s | %s | %.1f | %s |",
                family(timing).title(),
                timing.param("d"),
                threads,
                time(timing),
                nanos,
                inner ? line("%.1f", flops) : "",
                inner ? percent(flops / float32Peak(threads)) : "",
                Float.BYTES / nanos,
                ratio(threads * nanos / tileNanos(timing)));
    }

    // Linear algebra

    private void factorisations() {
        section(
                "Cholesky factorisation",
                "n^3 / 3 operations, of which the share of the float32 ceiling of as many threads.",
                "| n | threads | time | GFLOP/s | of peak |",
                of("Factorisation.cholesky").toList(),
                timing -> {
                    double flops = Math.pow(timing.intParam("n"), 3) / 3 / timing.nanos();
                    return line(
                            "| %s | %s | %s | %.1f | %s |",
                            timing.param("n"),
                            timing.param("threads"),
                            time(timing),
                            flops,
                            percent(flops / float32Peak(timing.intParam("threads"))));
                });
    }

    private void solves() {
        section(
                "Solves and products",
                "Right-hand sides on a float32 triangle, 2 n^2 operations a side each, in double except solves for twelve "
                        + "sides and more, which are in float32. GB/s count the readings of the "
                        + "triangle that are needed: two for the two solves, one for a product with up to eight sides, two with more. "
                        + "Shares are of the ceilings of as many threads.",
                "| | n | sides | threads | time | GFLOP/s | of peak | GB/s | of reading |",
                Stream.concat(of("Solve.triangles"), of("Solve.product")).toList(),
                this::solve);
    }

    private String solve(Timing timing) {
        boolean product = timing.benchmark().endsWith("product");
        double n = timing.intParam("n");
        int sides = timing.intParam("sides");
        int threads = timing.intParam("threads");
        int readings = product && sides <= SymmetricProduct.SIDES_AT_ONCE ? 1 : 2;
        double flops = 2 * n * n * sides / timing.nanos();
        double bytes = readings * n * n / 2 * Float.BYTES / timing.nanos();
        return line(
                "| %s | %.0f | %d | %d | %s | %.1f | %s | %.1f | %s |",
                product ? "symmetric product" : "both triangular solves",
                n,
                sides,
                threads,
                time(timing),
                flops,
                percent(flops / (product || sides < MANY_SIDES ? float64Peak(threads) : float32Peak(threads))),
                bytes,
                percent(bytes / readPeak(threads)));
    }

    // Machines

    private void moments() {
        section(
                "Gradient moments (AGOP)",
                "4,096 centers, which are the queries too, c outputs, identity metric. GFLOP/s of the Laplace kernel count "
                        + "2 d + 2 c (d + 1) operations for a pair and d^2 for each gradient of a full moment.",
                "| kernel | moment | d | c | time | ns per pair and coordinate | GFLOP/s | of peak |",
                of("GradientMoment.moment").toList(),
                this::moment);
    }

    private String moment(Timing timing) {
        int d = timing.intParam("d");
        int c = timing.intParam("outputs");
        boolean diagonal = Boolean.parseBoolean(timing.param("diagonal"));
        double rows = GradientMoment.ROWS;
        double pairs = rows * rows;
        double operations = pairs * (2.0 * d + 2.0 * c * (d + 1)) + (diagonal ? 0 : rows * c * d * d);
        boolean inner = family(timing).kernel().rotationInvariant();
        return line(
                "| %s | %s | %d | %d | %s | %.3f | %s | %s |",
                family(timing).title(),
                diagonal ? "diagonal" : "full",
                d,
                c,
                time(timing),
                timing.nanos() / pairs / d,
                inner ? line("%.1f", operations / timing.nanos()) : "",
                inner ? percent(operations / timing.nanos() / float32Peak(1)) : "");
    }

    private void predictions() {
        section(
                "Predictions",
                "10,000 rows of 32 coordinates on 6,000 centers, one output, full metric. Beside tile: the time of a "
                        + "pair, threads together, over its time in a tile that stays in the cache.",
                "| kernel | threads | time | µs per row | ns per pair | beside tile |",
                of("Prediction.predict").toList(),
                timing -> line(
                        "| %s | %s | %s | %.2f | %.3f | %s |",
                        family(timing).title(),
                        timing.param("threads"),
                        time(timing),
                        timing.nanos() / 1e3 / Prediction.ROWS,
                        timing.nanos() / Prediction.PAIRS,
                        ratio(timing.intParam("threads") * timing.nanos() / Prediction.PAIRS / tileNanos(timing))));
    }

    private void latencies() {
        section(
                "One row",
                "One row of 50 coordinates on 10,000 centers, one output, full metric, one thread: quantiles of the time of a "
                        + "call.",
                "| kernel | half of the calls | 99 % | 99.9 % |",
                of("RowLatency.predict").toList(),
                timing -> line(
                        "| %s | %.1f µs | %.1f µs | %.1f µs |",
                        family(timing).title(),
                        timing.nanos() / 1e3,
                        timing.percentile(99) / 1e3,
                        timing.percentile(99.9) / 1e3));
    }

    // Targets

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        double peak = float32Peak(1);
        for (int d : new int[] {64, 128}) {
            targets.add(Target.atLeast(
                    "tile, Laplace, d = " + d + ": share of the float32 ceiling",
                    PERCENT,
                    70,
                    100 * 2 * d / tileNanos(LAPLACE, d) / peak));
        }
        for (int d : new int[] {8, 16}) {
            targets.add(Target.atMost(
                    "tile, Laplace, d = " + d + ": time of a pair", "%.2f ns", 0.5, tileNanos(LAPLACE, d)));
        }
        for (int d : new int[] {16, 128}) {
            targets.add(Target.atMost(
                    "tile, l_p, d = " + d + ": time of a pair and coordinate",
                    "%.2f ns",
                    0.35,
                    tileNanos(Family.LPQ.name(), d) / d));
        }
        double one = nanos("Factorisation.cholesky", Map.of("n", "10000", "threads", "1"));
        double two = nanos("Factorisation.cholesky", Map.of("n", "10000", "threads", "2"));
        targets.add(Target.atLeast(
                "Cholesky, n = 10,000, one thread: share of the float32 ceiling",
                PERCENT,
                70,
                100 * Math.pow(10_000, 3) / 3 / one / peak));
        targets.add(Target.atLeast("Cholesky, n = 10,000: one thread beside two", "%.2f", 1.8, one / two));
        double prediction = nanos("Prediction.predict", Map.of("family", LAPLACE, "threads", "1"));
        targets.add(Target.atMost(
                "prediction, Laplace, one thread: time of a pair beside a tile's",
                "%.2f",
                1.1,
                prediction / Prediction.PAIRS / tileNanos(LAPLACE, Prediction.WIDTH)));
        of("RowLatency.predict")
                .forEach(timing -> targets.add(Target.atMost(
                        "one row, " + family(timing).title() + ", 99 % of the calls",
                        "%.2f ms",
                        1,
                        timing.percentile(99) / 1e6)));
        return targets;
    }
}
