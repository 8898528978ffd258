/** Ridge systems (K + ridge I) alpha = Y. */
@NullMarked
package ml.refract.solver;

import org.jspecify.annotations.NullMarked;
