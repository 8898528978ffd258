/**
 * What networks of infinite width do without training: completion of matrices from a prior of their columns, inpainting of
 * images, and classifiers of infinite depth.
 */
@NullMarked
package ml.refract.wide;

import org.jspecify.annotations.NullMarked;
