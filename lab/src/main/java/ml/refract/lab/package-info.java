/**
 * Claims of the papers, run again: what an experiment is, what it hands back, and how that is written. The experiments
 * themselves are in {@link ml.refract.lab.experiment}.
 */
@NullMarked
package ml.refract.lab;

import org.jspecify.annotations.NullMarked;
