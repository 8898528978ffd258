/** From a table to a trained model and back: training, prediction, evaluation and explanation by column names. */
@NullMarked
package ml.refract.table.learn;

import org.jspecify.annotations.NullMarked;
