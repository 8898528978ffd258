package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.machine.MomentOptions;
import ml.refract.solver.KernelStorage;
import ml.refract.solver.RidgeSystem;

/**
 * Bytes that fitting takes under each strategy, reckoned before anything is allocated, and the strategy to take: the first
 * of the list that stays within the budget.
 *
 * @param strategies from the fastest to the most frugal
 * @param budget bytes allowed
 * @param data what is fitted, for messages
 */
public record MemoryPlan(List<Strategy> strategies, long budget, String data) {
    /** Leaves are not made smaller than this to save memory; splitting further costs more accuracy than it saves. */
    private static final int LEAST_LEAF = 500;
    /** Entries of packed right-hand sides held at once, and of partial sums; see the gradient moment. */
    private static final long MOST_PAYLOAD = 1L << 24;

    private static final long MOST_PARTIAL_ENTRIES = 1L << 25;
    private static final int PARTIAL_SUMS = 16;
    /** Rows of gradients with respect to coded groups that are alive at once. */
    private static final int GRADIENT_ROWS = 128;
    /** Matrices of the size of the metric that its eigenvectors and roots take. */
    private static final int EIGEN_MATRICES = 6;

    /**
     * A way to fit.
     *
     * @param storage what is kept while a leaf is solved
     * @param leafRows rows of the largest leaf
     * @param bytes bytes needed while that leaf is fitted, the data included
     */
    public record Strategy(KernelStorage storage, int leafRows, long bytes) {}

    /** Copies the list. */
    public MemoryPlan {
        strategies = List.copyOf(strategies);
    }

    /**
     * Plans a fit: leaves as large as asked for with the kernel kept or evaluated again, then smaller leaves.
     *
     * @param rows n, which may be more or fewer rows than {@code like} has
     * @param like rows of the same columns
     * @param outputs c
     * @param held bytes that the caller goes on holding meanwhile, besides the rows as fitted
     */
    public static MemoryPlan of(
            int rows, Design like, int outputs, XrfmOptions options, Precision precision, long held, long budget) {
        Needs needs = new Needs(rows, like, outputs, options, precision, held);
        int wanted = Math.min(rows, options.maxLeafRows());
        int least = Math.min(wanted, LEAST_LEAF);
        int leaf = wanted;
        while (leaf > least && needs.bytes(leaf, KernelStorage.RECOMPUTED) > budget) {
            leaf = Math.max(least, (int) (leaf * 0.9));
        }
        List<Strategy> strategies = new ArrayList<>();
        strategies.add(needs.strategy(wanted, KernelStorage.KEPT));
        strategies.add(needs.strategy(wanted, KernelStorage.RECOMPUTED));
        if (leaf < wanted) {
            strategies.add(needs.strategy(leaf, KernelStorage.RECOMPUTED));
        }
        String data =
                rows + " rows x " + like.width() + " columns with " + outputs + (outputs == 1 ? " output" : " outputs");
        return new MemoryPlan(strategies, budget, data);
    }

    /**
     * The strategy to take.
     *
     * @throws MemoryBudgetException when not even leaves of 500 rows (or all rows, if fewer) fit; says what is needed
     */
    public Strategy chosen() {
        return firstThatFits().orElseThrow(() -> {
            Strategy last = strategies.get(strategies.size() - 1);
            return new MemoryBudgetException("Fitting " + data + " needs " + text(last.bytes())
                    + " of memory even in leaves of " + last.leafRows() + " rows; " + text(budget)
                    + " are allowed. Allow more memory, or use fewer rows or columns");
        });
    }

    /** The strategy to take, when there is one. */
    public Optional<Strategy> firstThatFits() {
        return strategies.stream()
                .filter(strategy -> strategy.bytes() <= budget)
                .findFirst();
    }

    /**
     * The given options with the kernel stored as chosen, and leaves, and samples that splits are found on, no larger than
     * planned.
     */
    public XrfmOptions applyTo(XrfmOptions options) {
        Strategy strategy = chosen();
        int leafRows = strategy.leafRows();
        return options.toBuilder()
                .leaf(options.leaf().toBuilder().storage(strategy.storage()).build())
                .maxLeafRows(Math.max(2, Math.min(options.maxLeafRows(), leafRows)))
                .splitRows(Math.max(10, Math.min(options.splitRows(), leafRows)))
                .build();
    }

    /** What the parts of a fit need. */
    private record Needs(long rows, Design like, long outputs, XrfmOptions options, Precision precision, long held) {

        Strategy strategy(int leaf, KernelStorage storage) {
            return new Strategy(storage, leaf, bytes(leaf, storage));
        }

        long bytes(long leaf, KernelStorage storage) {
            boolean tree = leaf < rows;
            // Neighbouring leaves share rows: each level of the tree has 1 + 2 f times the rows of the one above.
            double copies =
                    tree ? Math.pow(1 + 2 * options.overlap(), Math.log((double) rows / leaf) / Math.log(2)) : 1;
            long data = (rows + (tree ? leaf : 0)) * row(1, 1);
            long machines = (long) (options.trees() * copies * rows * row(2, 3));
            long system = RidgeSystem.bytes(leaf, outputs, storage, precision);
            long payload = Math.min(MOST_PAYLOAD, leaf * outputs * (like.dense().cols() + 1L)) * precision.bytes();
            return held + data + machines + system + payload + moment();
        }

        /** Bytes of a row of inputs and outputs, held so many times. */
        private long row(int inputs, int targets) {
            long dense = (long) like.dense().cols() * precision.bytes();
            long codes = (long) like.groups().size() * Integer.BYTES;
            return inputs * (dense + codes) + targets * outputs * Double.BYTES;
        }

        /** The partial sums of a gradient moment, and the matrices its pull-back and eigenvectors take. */
        private long moment() {
            boolean diagonal = options.leaf().metric().isDiagonalFor(like);
            boolean euclidean = options.leaf().kernel().euclidean();
            long entries = diagonal
                    ? like.dense().cols()
                    : (long) like.dense().cols() * like.dense().cols();
            long widest = 0;
            for (Design.Group group : like.groups()) {
                long levels = group.levels();
                widest = Math.max(widest, levels);
                entries +=
                        diagonal || !MomentOptions.hasFullBlock(group.levels(), euclidean) ? levels : levels * levels;
            }
            long sums = Math.min(PARTIAL_SUMS * entries, Math.max(entries, MOST_PARTIAL_ENTRIES));
            long gradients = GRADIENT_ROWS * outputs * widest;
            return (sums + EIGEN_MATRICES * entries + gradients) * Double.BYTES;
        }
    }

    /** A number of bytes for people. */
    public static String text(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
