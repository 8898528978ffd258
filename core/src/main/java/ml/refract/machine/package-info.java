/** Kernel machines: predictions, gradients and the moments of gradients that features are learned from. */
@NullMarked
package ml.refract.machine;

import org.jspecify.annotations.NullMarked;
