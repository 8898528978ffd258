/** Regression and classification: targets, class coding, scores, and the predictors users hold in their hands. */
@NullMarked
package ml.refract.task;

import org.jspecify.annotations.NullMarked;
