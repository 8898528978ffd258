/**
 * The speed of the parts ({@link ml.refract.bench.SpeedOfParts}), and comparisons with other learners on data that lie in a
 * folder given by the caller.
 */
@NullMarked
package ml.refract.bench;

import org.jspecify.annotations.NullMarked;
