/** The {@code refract} command. */
@NullMarked
package ml.refract.cli;

import org.jspecify.annotations.NullMarked;
