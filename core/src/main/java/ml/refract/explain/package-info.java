/** What a fitted model says about itself: importances, directions, attributions, influential training rows, intervals. */
@NullMarked
package ml.refract.explain;

import org.jspecify.annotations.NullMarked;
