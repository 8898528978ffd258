/** Search over settings: what is tried, how it is scored on rows left out, and how the best are put together. */
@NullMarked
package ml.refract.tune;

import org.jspecify.annotations.NullMarked;
