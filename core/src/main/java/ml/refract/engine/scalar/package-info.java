/** The engine in plain Java doubles: the truth other engines are compared with, and the fallback without vector units. */
@NullMarked
package ml.refract.engine.scalar;

import org.jspecify.annotations.NullMarked;
