package ml.refract.bench;

import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What JMH measured of one benchmark with one choice of parameters. */
record Timing(RunResult result) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final double MEDIAN = 50;

    /** Class and method, such as {@code KernelTile.fill}. */
    String benchmark() {
        String name = result.getParams().getBenchmark();
        int method = name.lastIndexOf('.');
        return name.substring(name.lastIndexOf('.', method - 1) + 1);
    }

    String param(String name) {
        return result.getParams().getParam(name);
    }

    int intParam(String name) {
        return Integer.parseInt(param(name));
    }

    /** Threads that called the benchmark at once. */
    int callers() {
        return result.getParams().getThreads();
    }

    /** Nanoseconds of a call: median over the iterations, or over all calls where they were sampled. */
    double nanos() {
        return percentile(MEDIAN);
    }

    double percentile(double percent) {
        return result.getPrimaryResult().getStatistics().getPercentile(percent);
    }

    /** Half of the 99.9 % confidence interval of the mean, as a share of it. */
    double relativeError() {
        return result.getPrimaryResult().getScoreError()
                / result.getPrimaryResult().getScore();
    }

    /** Bytes allocated by a call. */
    double allocated() {
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return allocated == null ? Double.NaN : allocated.getScore();
    }
}
