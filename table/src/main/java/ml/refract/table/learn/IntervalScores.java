package ml.refract.table.learn;

import ml.refract.explain.Coverage;

/**
 * How well intervals, or sets of classes, hold the targets of some rows.
 *
 * @param wanted the share of rows they were made to hold
 * @param covered the share of rows they hold
 * @param size mean width of the intervals in the target's units, which may be infinite, or mean number of classes in a set
 */
public record IntervalScores(Coverage wanted, double covered, double size) {}
