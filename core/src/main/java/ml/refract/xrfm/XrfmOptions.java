package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import ml.refract.rfm.RfmOptions;

/**
 * Settings of an xRFM. Immutable.
 *
 * @param leaf settings of every leaf machine
 * @param maxLeafRows rows above which a node is split
 * @param overlap share f of a node's rows, on each side of its threshold, that go to both children; below 0.25
 * @param softRouting whether a routing temperature is tuned on validation rows; otherwise rows follow one path
 * @param keepFraction leaves are evaluated until their routing weights reach this sum
 * @param maxLeavesPerRow most leaves evaluated for one row
 * @param trees number of trees that are averaged
 * @param splitRows most rows the machine behind a split direction is fitted on
 * @param seed drives every random choice
 */
public record XrfmOptions(
        RfmOptions leaf,
        int maxLeafRows,
        double overlap,
        boolean softRouting,
        double keepFraction,
        int maxLeavesPerRow,
        int trees,
        int splitRows,
        long seed) {

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public XrfmOptions {
        List<String> faults = new ArrayList<>();
        if (maxLeafRows < 2) {
            faults.add("maxLeafRows must be at least 2, got " + maxLeafRows);
        }
        if (!(overlap >= 0 && overlap < 0.25)) {
            faults.add("overlap must be at least 0 and below 0.25, got " + overlap);
        }
        if (!(keepFraction > 0 && keepFraction <= 1)) {
            faults.add("keepFraction must be above 0 and at most 1, got " + keepFraction);
        }
        if (maxLeavesPerRow < 1) {
            faults.add("maxLeavesPerRow must be at least 1, got " + maxLeavesPerRow);
        }
        if (trees < 1 || trees > 1_000) {
            faults.add("trees must be between 1 and 1000, got " + trees);
        }
        if (splitRows < 10) {
            faults.add("splitRows must be at least 10, got " + splitRows);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** Leaves of up to 10,000 rows with the default leaf settings, overlap 0.1, soft routing, one tree. */
    public static XrfmOptions defaults() {
        return new XrfmOptions(RfmOptions.defaults(), 10_000, 0.1, true, 0.99, 12, 1, 4_000, 0);
    }

    /** The library defaults of the reference implementation: leaves of 60,000 rows, no overlap. */
    public static XrfmOptions reference() {
        return new XrfmOptions(RfmOptions.reference(), 60_000, 0, true, 0.99, 12, 1, 50_000, 0);
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some options. */
    public static final class Builder {
        private RfmOptions leaf;
        private int maxLeafRows;
        private double overlap;
        private boolean softRouting;
        private double keepFraction;
        private int maxLeavesPerRow;
        private int trees;
        private int splitRows;
        private long seed;

        private Builder(XrfmOptions o) {
            leaf = o.leaf;
            maxLeafRows = o.maxLeafRows;
            overlap = o.overlap;
            softRouting = o.softRouting;
            keepFraction = o.keepFraction;
            maxLeavesPerRow = o.maxLeavesPerRow;
            trees = o.trees;
            splitRows = o.splitRows;
            seed = o.seed;
        }

        public Builder leaf(RfmOptions value) {
            leaf = value;
            return this;
        }

        public Builder maxLeafRows(int value) {
            maxLeafRows = value;
            return this;
        }

        public Builder overlap(double value) {
            overlap = value;
            return this;
        }

        public Builder softRouting(boolean value) {
            softRouting = value;
            return this;
        }

        public Builder keepFraction(double value) {
            keepFraction = value;
            return this;
        }

        public Builder maxLeavesPerRow(int value) {
            maxLeavesPerRow = value;
            return this;
        }

        public Builder trees(int value) {
            trees = value;
            return this;
        }

        public Builder splitRows(int value) {
            splitRows = value;
            return this;
        }

        /** Seeds the trees and, unless set apart, the leaves. */
        public Builder seed(long value) {
            seed = value;
            leaf = leaf.toBuilder().seed(value).build();
            return this;
        }

        /** Validates and builds. */
        public XrfmOptions build() {
            return new XrfmOptions(
                    leaf, maxLeafRows, overlap, softRouting, keepFraction, maxLeavesPerRow, trees, splitRows, seed);
        }
    }
}
