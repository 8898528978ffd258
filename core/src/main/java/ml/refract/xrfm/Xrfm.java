package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.engine.Span;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.Score;
import ml.refract.rfm.Validation;

/**
 * xRFM (Beaglehole et al., "xRFM: accurate, scalable, and interpretable feature learning models for tabular data";
 * specification, sections 12 to 14): a tree divides the rows, every leaf is a recursive feature machine, and predictions
 * blend the leaves near a row.
 */
public final class Xrfm {
    /** Validation rows a leaf wants before it trusts them alone, as a share of its training rows. */
    private static final double WANTED_VALIDATION = 0.1;
    /** Share of a leaf's progress that solving it again on rows that sat out is reported as. */
    private static final double RESOLVING = 0.2;
    /** Share of the progress that splitting is reported as; how many splits there will be is not known before. */
    private static final double SPLITTING = 0.1;
    /** Share of a leaf's training rows that sit out when it has too few validation rows. */
    private static final double BORROWED = 0.2;

    private final Design x;
    private final DoubleMatrix y;
    private final Score trainScore;
    private final Optional<Validation> validation;
    private final XrfmOptions options;
    private final Execution execution;
    private final List<LeafReport> reports = new ArrayList<>();
    private final List<String> events = new ArrayList<>();

    private Xrfm(
            Design x,
            DoubleMatrix y,
            Score trainScore,
            Optional<Validation> validation,
            XrfmOptions options,
            Execution execution) {
        this.x = x;
        this.y = y;
        this.trainScore = trainScore;
        this.validation = validation;
        this.options = options;
        this.execution = execution;
    }

    /**
     * Fits on rows X (n x d) with coded targets Y (n x c).
     *
     * <p>With at most {@code maxLeafRows} rows the model is a single {@link Rfm}. Cost and memory are those of the leaves,
     * one at a time, and of one ridge system of at most {@code splitRows} rows per split. Deterministic for a seed, unless
     * the time limit or a cancellation ends it.
     *
     * @param trainScore scores predictions for the rows of X; leaves that few validation rows reach let some of their own
     *     rows sit out and score those
     * @param validation chooses each leaf's iterate and the routing temperature; without it the last iterate is kept and
     *     rows follow one path
     */
    public static XrfmFit fit(
            Design x,
            DoubleMatrix y,
            Score trainScore,
            Optional<Validation> validation,
            XrfmOptions options,
            Execution execution) {
        return new Xrfm(x, y, trainScore, validation, options, execution).fit();
    }

    private XrfmFit fit() {
        List<XrfmModel.Member> members = grow();
        XrfmModel hard = new XrfmModel(members, options.keepFraction(), options.maxLeavesPerRow());
        XrfmModel model = options.softRouting() && validation.isPresent() && hard.leaves() > members.size()
                ? Temperature.tune(hard, validation.get(), execution.toTheEnd())
                : hard;
        return new XrfmFit(model, List.copyOf(reports), List.copyOf(events));
    }

    /** All trees, or those that were done when time was up or the work was cancelled; at least one. */
    private List<XrfmModel.Member> grow() {
        List<XrfmModel.Member> members = new ArrayList<>();
        int wanted = options.trees();
        while (members.size() < wanted) {
            int t = members.size();
            Execution part = execution
                    .withProgress(execution.progress().part((double) t / wanted, (t + 1.0) / wanted))
                    .withTimeShare(1.0 / (wanted - t));
            if (t > 0 && part.remainingSeconds() <= 0) {
                events.add(t + " of " + wanted + " trees: the time limit was reached");
                break;
            }
            try {
                members.add(new TreeBuilder(t, part).build());
            } catch (CancelledException e) {
                if (t == 0) {
                    throw e;
                }
                reports.removeIf(report -> report.tree() == t);
                events.add(t + " of " + wanted + " trees: cancelled");
                break;
            }
            if (members.get(t).shape().leaves() == 1 && wanted > 1) {
                events.add("one tree instead of " + wanted + ": the rows fit one leaf, and more trees would be copies");
                break;
            }
        }
        double weight = 1.0 / members.size();
        return members.stream()
                .map(member -> new XrfmModel.Member(member.shape(), member.machines(), member.rows(), 0, weight))
                .toList();
    }

    /**
     * Solves every leaf of a fitted model again, under its metric and kernel, on all the given rows: what was held out to
     * choose the model then serves it. Thresholds and temperature stay.
     *
     * @param fit a model fitted on some of these rows
     * @throws CancelledException when cancelled
     */
    public static XrfmModel refit(XrfmModel fit, Design x, DoubleMatrix y, XrfmOptions options, Execution execution) {
        try (Span span = execution.begin(Phase.REFIT)) {
            span.covers(x.rows(), x.width(), 0);
            return resolveAll(fit, x, y, options, execution);
        }
    }

    private static XrfmModel resolveAll(
            XrfmModel fit, Design x, DoubleMatrix y, XrfmOptions options, Execution execution) {
        List<XrfmModel.Member> members = new ArrayList<>();
        int done = 0;
        for (XrfmModel.Member member : fit.trees()) {
            List<int[]> leaves = new ArrayList<>();
            rowsOfLeaves(member.shape().root(), x, range(x.rows()), options.overlap(), leaves);
            List<KernelMachine> machines = new ArrayList<>();
            for (int l = 0; l < leaves.size(); l++) {
                execution.requireNotCancelled();
                double from = (double) done / fit.leaves();
                Execution part =
                        execution.withProgress(execution.progress().part(from, (double) ++done / fit.leaves()));
                machines.add(resolve(member.machines().get(l), x, y, leaves.get(l), options, part));
            }
            members.add(member.withLeaves(machines, leaves));
        }
        return new XrfmModel(members, fit.keepFraction(), fit.maxLeavesPerRow());
    }

    private static KernelMachine resolve(
            KernelMachine chosen, Design x, DoubleMatrix y, int[] rows, XrfmOptions options, Execution execution) {
        Design leafX = rows.length == x.rows() ? x : x.select(rows);
        DoubleMatrix leafY = rows.length == x.rows() ? y : y.select(rows);
        return Rfm.solve(leafX, leafY, chosen.kernel(), chosen.metric(), options.leaf(), execution)
                .machine();
    }

    private static void rowsOfLeaves(Tree.Node node, Design x, int[] members, double overlap, List<int[]> leaves) {
        if (node instanceof Tree.Inner inner) {
            double[] projections = inner.split().project(x.select(members));
            Partition.Sides sides = Partition.divide(projections, inner.split().threshold(), overlap);
            rowsOfLeaves(inner.left(), x, pick(members, sides.left()), overlap, leaves);
            rowsOfLeaves(inner.right(), x, pick(members, sides.right()), overlap, leaves);
        } else {
            leaves.add(members);
        }
    }

    private static int[] pick(int[] members, int[] positions) {
        int[] result = new int[positions.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = members[positions[i]];
        }
        return result;
    }

    private static int[] range(int n) {
        int[] result = new int[n];
        Arrays.setAll(result, i -> i);
        return result;
    }

    /** Builds one tree: first all splits, then all leaves, so that time can be shared out among the leaves. */
    private final class TreeBuilder {
        private final int tree;
        private final Execution execution;
        private final SplitFinder finder;
        private final List<int[]> leafRows = new ArrayList<>();
        private final List<int[]> leafValidation = new ArrayList<>();
        private long nodes;

        TreeBuilder(int tree, Execution execution) {
            this.tree = tree;
            this.execution = execution;
            this.finder = new SplitFinder(options, execution.withProgress(Progress.none()));
        }

        XrfmModel.Member build() {
            int[] held = validation.map(v -> range(v.rows().rows())).orElse(new int[0]);
            Tree shape = new Tree(grow(range(x.rows()), held));
            List<KernelMachine> machines = new ArrayList<>();
            double work = 0;
            for (int[] rows : leafRows) {
                work += cost(rows.length);
            }
            double done = leafRows.size() > 1 ? SPLITTING : 0;
            double share = (1 - done) / work;
            for (int l = 0; l < leafRows.size(); l++) {
                double next = done + cost(leafRows.get(l).length) * share;
                Execution part = execution
                        .withProgress(execution.progress().part(done, Math.min(1, next)))
                        .withTimeShare(1.0 / (leafRows.size() - l));
                try (Span span = execution.begin(Phase.LEARNING)) {
                    span.covers(leafRows.get(l).length, x.width(), 0);
                    machines.add(fitLeaf(l, part));
                }
                done = next;
            }
            return new XrfmModel.Member(shape, machines, leafRows, 0, 1);
        }

        private double cost(double rows) {
            return rows * rows * rows + 100 * rows * rows;
        }

        private Tree.Node grow(int[] rows, int[] held) {
            if (rows.length <= options.maxLeafRows()) {
                return leaf(rows, held);
            }
            execution.requireNotCancelled();
            execution.progress().report("splitting " + rows.length + " rows", SPLITTING * nodes / (nodes + 1));
            Design here = x.select(rows);
            Optional<Split> found = finder.find(here, y.select(rows), tree, nodes++);
            if (found.isEmpty()) {
                events.add("a node of " + rows.length + " rows could not be divided and stays one leaf above the "
                        + "largest size of " + options.maxLeafRows());
                return leaf(rows, held);
            }
            Split split = found.get();
            Partition.Sides sides = Partition.divide(split.project(here), split.threshold(), options.overlap());
            Partition.Sides heldSides = held.length == 0
                    ? new Partition.Sides(held, held)
                    : Partition.divide(
                            split.project(validation.orElseThrow().rows().select(held)), split.threshold(), 0);
            return new Tree.Inner(
                    split,
                    grow(pick(rows, sides.left()), pick(held, heldSides.left())),
                    grow(pick(rows, sides.right()), pick(held, heldSides.right())));
        }

        private Tree.Node leaf(int[] rows, int[] held) {
            leafRows.add(rows);
            leafValidation.add(held);
            return new Tree.Leaf(leafRows.size() - 1);
        }

        private KernelMachine fitLeaf(int leaf, Execution execution) {
            int[] rows = leafRows.get(leaf);
            int[] held = leafValidation.get(leaf);
            Design leafX = rows.length == x.rows() ? x : x.select(rows);
            DoubleMatrix leafY = rows.length == x.rows() ? y : y.select(rows);
            RfmOptions leafOptions = options.leaf();
            boolean tooFew =
                    validation.isPresent() && held.length < WANTED_VALIDATION * rows.length && leafRows.size() > 1;
            if (tooFew) {
                return fitWithBorrowedRows(leaf, leafX, leafY, held, execution);
            }
            Optional<Validation> chosen =
                    validation.map(v -> held.length == v.rows().rows() ? v : v.select(held));
            RfmFit fit = Rfm.fit(leafX, leafY, chosen, leafOptions, execution);
            report(leaf, rows.length, held.length, 0, fit);
            return fit.machine();
        }

        /**
         * A leaf that few validation rows reach lets a fifth of its own rows sit out while its iterate is chosen, and is
         * then solved again on all of them.
         */
        private KernelMachine fitWithBorrowedRows(
                int leaf, Design leafX, DoubleMatrix leafY, int[] held, Execution execution) {
            int n = leafX.rows();
            int[] order = Seeds.permutation(n, Seeds.stream(options.seed(), "borrowed rows " + tree, leaf));
            int out = (int) Math.max(1, BORROWED * n);
            int[] sitOut = Arrays.copyOf(order, out);
            int[] stay = Arrays.copyOfRange(order, out, n);
            Arrays.sort(sitOut);
            Arrays.sort(stay);
            Validation borrowed =
                    new Validation(leafX.select(sitOut), trainScore.select(pick(leafRows.get(leaf), sitOut)));
            Execution choosing = execution.withProgress(execution.progress().part(0, 1 - RESOLVING));
            RfmFit fit =
                    Rfm.fit(leafX.select(stay), leafY.select(stay), Optional.of(borrowed), options.leaf(), choosing);
            report(leaf, n, held.length, out, fit);
            Execution resolving = execution.withProgress(execution.progress().part(1 - RESOLVING, 1));
            return resolve(fit.machine(), leafX, leafY, range(n), options, resolving);
        }

        private void report(int leaf, int rows, int held, int borrowed, RfmFit fit) {
            reports.add(new LeafReport(
                    tree, leaf, rows, held + borrowed, borrowed, fit.bestRound(), fit.rounds(), fit.stop()));
        }
    }
}
