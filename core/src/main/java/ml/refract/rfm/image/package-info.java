/**
 * Convolutional recursive feature machines: kernels over the patches of images, whose metric on patches is learned from gradients
 * (Beaglehole, Radhakrishnan, Pandit and Belkin, "Mechanism of feature learning in
 * convolutional neural networks", arXiv 2309.00570). Start at {@link ml.refract.rfm.image.ConvRfm} and
 * {@link ml.refract.rfm.image.PatchMetric}.
 */
@NullMarked
package ml.refract.rfm.image;

import org.jspecify.annotations.NullMarked;
