package ml.refract.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Isotonic regression of "is of the class" on its score by pooling adjacent violators (Ayer et al. 1955; Zadrozny and Elkan 2002).
 * A block of m rows and share p then moves towards the share c of the class in all rows, to (p m + c) / (m + 1), and blocks that
 * have thereby lost their order are pooled again. The curve runs through the middle of each block. Cost O(n ln n) a class.
 */
final class IsotonicFit {
    private IsotonicFit() {}

    /**
     * Rows of neighbouring scores.
     *
     * @param low least score
     * @param high largest score
     * @param weight of its rows
     * @param sum weight of those of the class
     */
    record Block(double low, double high, double weight, double sum) {
        double share() {
            return sum / weight;
        }

        private Block with(Block next) {
            return new Block(low, next.high, weight + next.weight, sum + next.sum);
        }
    }

    static Calibrator.Isotonic of(ScoredRows rows) {
        IntStream classes = rows.classes() == 2 ? IntStream.of(1) : IntStream.range(0, rows.classes());
        return new Calibrator.Isotonic(classes.mapToObj(k -> curve(rows, k)).toList());
    }

    private static Calibrator.Curve curve(ScoredRows rows, int label) {
        double share = rows.weightOf(label) / rows.totalWeight();
        List<Block> shrunk = pooled(single(rows, label)).stream()
                .map(block -> new Block(block.low(), block.high(), block.weight() + 1, block.sum() + share))
                .toList();
        List<Block> blocks = pooled(shrunk);
        return new Calibrator.Curve(
                blocks.stream()
                        .mapToDouble(block -> block.low() + (block.high() - block.low()) / 2)
                        .toArray(),
                blocks.stream().mapToDouble(block -> Math.min(1, block.share())).toArray());
    }

    /** One block for each different score, ascending. */
    private static List<Block> single(ScoredRows rows, int label) {
        List<Block> blocks = new ArrayList<>();
        IntStream.range(0, rows.count())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> rows.scores().get(i, label)))
                .forEach(i -> {
                    double score = rows.scores().get(i, label);
                    double weight = rows.weights()[i];
                    Block block = new Block(score, score, weight, rows.labels()[i] == label ? weight : 0);
                    int last = blocks.size() - 1;
                    if (last >= 0 && blocks.get(last).high() == score) {
                        blocks.set(last, blocks.get(last).with(block));
                    } else {
                        blocks.add(block);
                    }
                });
        return blocks;
    }

    /** Blocks whose shares ascend strictly: the weighted least squares fit among nondecreasing ones. */
    static List<Block> pooled(List<Block> blocks) {
        List<Block> stack = new ArrayList<>();
        for (Block block : blocks) {
            Block last = block;
            while (!stack.isEmpty() && stack.get(stack.size() - 1).share() >= last.share()) {
                last = stack.remove(stack.size() - 1).with(last);
            }
            stack.add(last);
        }
        return stack;
    }
}
