/** Files and rows in, typed columns, and their encoding to a design matrix. */
@NullMarked
package ml.refract.table;

import org.jspecify.annotations.NullMarked;
