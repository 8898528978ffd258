/** The recursive feature machine on dense rows: solve, look at the gradients, learn a metric, solve again. */
@NullMarked
package ml.refract.rfm;

import org.jspecify.annotations.NullMarked;
