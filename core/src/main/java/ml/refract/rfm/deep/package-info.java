/**
 * Deep recursive feature machines: layers of a kernel machine, the root of its gradient moment and random features, whose class
 * means and scatter collapse as those of deep networks do (Beaglehole, Sukenik, Mondelli and Belkin, NeurIPS 2024, arXiv
 * 2402.13728). Start at {@link ml.refract.rfm.deep.DeepRfm} and {@link ml.refract.rfm.deep.NeuralCollapse}.
 */
@NullMarked
package ml.refract.rfm.deep;

import org.jspecify.annotations.NullMarked;
