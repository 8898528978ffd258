/** What siblings of the library share about files, and users should not touch. */
@NullMarked
package ml.refract.model.internal;

import org.jspecify.annotations.NullMarked;
