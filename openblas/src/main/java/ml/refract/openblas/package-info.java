/**
 * The optional engine on native code: factorisations by OpenBLAS, everything else by an engine of the core. Found by
 * {@link ml.refract.engine.Engines} when its jar is on the class path.
 */
@NullMarked
package ml.refract.openblas;

import org.jspecify.annotations.NullMarked;
