/** One class an experiment; {@link ml.refract.lab.experiment.Experiments} lists them all. */
@NullMarked
package ml.refract.lab.experiment;

import org.jspecify.annotations.NullMarked;
