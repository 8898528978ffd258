/** Kernel families, the metric on the inputs, and kernel blocks between sets of rows. */
@NullMarked
package ml.refract.kernel;

import org.jspecify.annotations.NullMarked;
