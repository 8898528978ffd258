/**
 * JMH benchmarks of the parts a fit and a prediction are made of, and of what the machine could do at best. {@link
 * ml.refract.bench.SpeedOfParts} runs them all; {@code bench/run org.openjdk.jmh.Main} runs some with JMH's own options.
 */
@NullMarked
package ml.refract.bench.jmh;

import org.jspecify.annotations.NullMarked;
