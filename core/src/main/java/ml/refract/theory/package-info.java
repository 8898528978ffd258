/**
 * What theory says about a kernel machine before it is fitted: its error from the eigenvalues of the kernel, whether fitting
 * noise is harmless, and what more rows or another ridge would bring.
 */
@NullMarked
package ml.refract.theory;

import org.jspecify.annotations.NullMarked;
