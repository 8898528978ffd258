/** The float32 engine on the JDK's Vector API; the only package that touches {@code jdk.incubator.vector}. */
@NullMarked
package ml.refract.engine.vector;

import org.jspecify.annotations.NullMarked;
