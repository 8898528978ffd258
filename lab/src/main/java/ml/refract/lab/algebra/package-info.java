/** Operations on pairs of group elements as learning tasks, their symmetries, and what learned metrics have of them. */
@NullMarked
package ml.refract.lab.algebra;

import org.jspecify.annotations.NullMarked;
