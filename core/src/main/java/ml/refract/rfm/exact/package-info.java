/**
 * Recursive feature machines in double precision throughout, for research on a few thousand rows: inner-product kernels beside radial
 * ones, any power of the gradient moment, FACT, no ridge, every round in the hands of an observer. Start at
 * {@link ml.refract.rfm.exact.ExactRfm}. {@link ml.refract.rfm.Rfm} serves larger data.
 */
@NullMarked
package ml.refract.rfm.exact;

import org.jspecify.annotations.NullMarked;
