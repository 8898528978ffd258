package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.engine.Precision;
import ml.refract.engine.SignedGroups;
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
     * What is fitted.
     *
     * @param rows n training rows
     * @param validationRows rows that choose the model
     * @param like any rows of the same columns
     * @param outputs c
     * @param held bytes that the caller goes on holding meanwhile, besides those rows
     * @param models models that stand side by side in the end
     */
    public record Fit(int rows, int validationRows, Design like, int outputs, long held, int models) {
        /** One model. */
        public Fit(int rows, int validationRows, Design like, int outputs, long held) {
            this(rows, validationRows, like, outputs, held, 1);
        }

        @Override
        public String toString() {
            return rows + " rows x " + columns() + " with " + outputs + (outputs == 1 ? " output" : " outputs");
        }

        private String columns() {
            int levels = like.groups().stream().mapToInt(Design.Group::levels).sum();
            String columns = like.dense().cols() + " columns";
            return levels == 0 ? columns : columns + " and " + like.groups().size() + " of " + levels + " levels";
        }
    }

    /** Plans a fit: leaves as large as asked for with the kernel kept or evaluated again, then smaller leaves. */
    public static MemoryPlan of(Fit fit, XrfmOptions options, Precision precision, long budget) {
        Needs needs = new Needs(fit, options, precision);
        int wanted = Math.min(fit.rows(), options.maxLeafRows());
        List<Strategy> strategies = new ArrayList<>();
        strategies.add(needs.strategy(wanted, KernelStorage.KEPT));
        strategies.add(needs.strategy(wanted, KernelStorage.RECOMPUTED));
        if (strategies.get(1).bytes() > budget) {
            strategies.add(smallerLeaves(needs, wanted, budget));
        }
        return new MemoryPlan(strategies, budget, fit.toString());
    }

    /** The largest leaves that fit; those that need least when none do: many leaves hold many outputs of a row. */
    private static Strategy smallerLeaves(Needs needs, int wanted, long budget) {
        Strategy best = needs.strategy(wanted, KernelStorage.RECOMPUTED);
        int leaf = wanted;
        while (best.bytes() > budget && leaf > LEAST_LEAF) {
            leaf = Math.max(LEAST_LEAF, (int) (leaf * 0.9));
            Strategy next = needs.strategy(leaf, KernelStorage.RECOMPUTED);
            best = next.bytes() < best.bytes() ? next : best;
        }
        return best;
    }

    /**
     * The strategy to take.
     *
     * @throws MemoryBudgetException when not even leaves of 500 rows or more fit; says what is needed
     */
    public Strategy chosen() {
        return firstThatFits().orElseThrow(() -> {
            Strategy last = strategies.get(strategies.size() - 1);
            String left =
                    budget > 1 ? text(budget) + " are allowed" : "what is allowed is taken by the JVM and the data";
            return new MemoryBudgetException("Fitting " + data + " needs " + text(last.bytes())
                    + " of memory even in leaves of " + last.leafRows() + " rows; " + left
                    + ". Allow more memory, or use fewer rows or columns");
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
    private record Needs(Fit fit, XrfmOptions options, Precision precision) {

        Strategy strategy(int leaf, KernelStorage storage) {
            return new Strategy(storage, leaf, bytes(leaf, storage));
        }

        long bytes(long leaf, KernelStorage storage) {
            long rows = fit.rows();
            int depth = depth(leaf);
            double copies = Math.pow(1 + 2 * options.overlap(), depth);
            long data = (rows + fit.validationRows() + (depth > 0 ? leaf : 0)) * row(1, 1);
            // A model that is solved again stands beside the first; machines hold their centers, and packed.
            long machines = (long) (options.trees() * copies * rows * (row(4, 3) + (fit.models() - 1) * row(2, 2)));
            long system = RidgeSystem.bytes(leaf, fit.outputs(), storage, precision)
                    + options.leaf().loss().bytes(leaf, fit.outputs());
            long payload = Math.min(
                            MOST_PAYLOAD,
                            leaf * fit.outputs() * (fit.like().dense().cols() + 1L))
                    * precision.bytes();
            long ridge = options.leaf()
                    .ridgeRule()
                    .bytes(Math.min(leaf, options.leaf().ridgeRows()), fit.outputs());
            long learning = system + Math.max(ridge, payload + moment());
            return fit.held() + data + machines + Math.max(learning, Math.max(routing(depth), scoring()));
        }

        /** Levels of the tree: neighbouring leaves share rows, so each has 1 + 2 f times the rows of the one above. */
        private int depth(long leaf) {
            return leaf >= fit.rows()
                    ? 0
                    : (int) Math.ceil(Math.log((double) fit.rows() / leaf) / Math.log(2 / (1 + 2 * options.overlap())));
        }

        /** What every leaf says of every validation row, with what weight, and two blends, as the temperature is chosen. */
        private long routing(int depth) {
            long leaves = depth == 0 ? 0 : (long) options.trees() << depth;
            return (leaves * (readings() + 1) + 2 * readings()) * fit.validationRows() * Double.BYTES;
        }

        /** Numbers that are read from the outputs for a row: one more than there are for two classes. */
        private long readings() {
            return fit.outputs() + 1L;
        }

        /** Outputs for all training rows, their blend over trees, and what is read from them. */
        private long scoring() {
            return 4 * fit.rows() * readings() * Double.BYTES;
        }

        /** Bytes of a row of inputs and outputs, held so many times. */
        private long row(int inputs, int targets) {
            return inputs * fit.like().rowBytes(precision.bytes()) + targets * fit.outputs() * Double.BYTES;
        }

        /** The partial sums of a gradient moment, and the matrices its pull-back and eigenvectors take. */
        private long moment() {
            boolean diagonal = options.leaf().metric().isDiagonalFor(fit.like());
            boolean rotationInvariant = options.leaf().kernel().rotationInvariant();
            long entries = diagonal
                    ? fit.like().dense().cols()
                    : (long) fit.like().dense().cols() * fit.like().dense().cols();
            long widest = 0;
            for (Design.Group group : fit.like().groups()) {
                long levels = group.levels();
                widest = Math.max(widest, levels);
                entries += diagonal || !MomentOptions.hasFullBlock(group.levels(), rotationInvariant)
                        ? levels
                        : levels * levels;
            }
            long sums = Math.min(PARTIAL_SUMS * entries, Math.max(entries, MOST_PARTIAL_ENTRIES));
            int outputs = options.leaf().centredGradients() ? fit.outputs() : SignedGroups.count(fit.outputs());
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
