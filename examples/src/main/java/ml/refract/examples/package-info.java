/** Small programs that show how the library is used. */
@NullMarked
package ml.refract.examples;

import org.jspecify.annotations.NullMarked;
