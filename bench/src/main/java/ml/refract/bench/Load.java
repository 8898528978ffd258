package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What else ran on the machine during a measurement, from the kernel's counters: processor time of everyone, less that of
 * this process and of the children it has waited for.
 */
final class Load {
    private static final Path EVERYONE = Path.of("/proc/stat");
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final double TICKS_PER_SECOND = 100; // of /proc, on every architecture

    /** Positions in the first line of /proc/stat after "cpu": user, nice, system, irq, softirq. */
    private static final int[] BUSY = {0, 1, 2, 5, 6};

    private static final int STOLEN = 7;

    private final Counters start = Counters.now();

    private record Counters(double seconds, double othersBusy, double stolen) {
        static Counters now() {
            double seconds = System.nanoTime() * 1e-9;
            try {
                return of(Files.readAllLines(EVERYONE).get(0), Files.readString(SELF), seconds);
            } catch (IOException e) {
                return new Counters(seconds, Double.NaN, Double.NaN);
            }
        }

        private static Counters of(String everyone, String self, double seconds) {
            String[] all = everyone.trim().split("\\s+");
            double busy = 0;
            for (int position : BUSY) {
                busy += Double.parseDouble(all[1 + position]);
            }
            String[] own = self.substring(self.lastIndexOf(')') + 2).split("\\s+");
            for (int field = 11; field <= 14; field++) { // utime, stime, cutime, cstime
                busy -= Double.parseDouble(own[field]);
            }
            double stolen = Double.parseDouble(all[1 + STOLEN]);
            return new Counters(seconds, busy / TICKS_PER_SECOND, stolen / TICKS_PER_SECOND);
        }
    }

    /** Starts watching. */
    static Load watch() {
        return new Load();
    }

    /** A sentence on what others used since. */
    String sentence() {
        Counters end = Counters.now();
        double seconds = end.seconds() - start.seconds();
        return String.format(
                Locale.ROOT,
                "The measurement took %.1f minutes; meanwhile other processes kept %.2f of %d processors busy on average, "
                        + "and the hypervisor withheld %.2f.",
                seconds / 60,
                (end.othersBusy() - start.othersBusy()) / seconds,
                Runtime.getRuntime().availableProcessors(),
                (end.stolen() - start.stolen()) / seconds);
    }
}
