/** Comparisons with published scores and timings on data that lie in a folder given by the caller. */
@NullMarked
package ml.refract.bench;

import org.jspecify.annotations.NullMarked;
