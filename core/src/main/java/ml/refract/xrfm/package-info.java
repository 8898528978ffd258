/** Trees of recursive feature machines for tables: splitting, routing, temperature, several trees. */
@NullMarked
package ml.refract.xrfm;

import org.jspecify.annotations.NullMarked;
