/** Files that hold arrays of numbers, such as activations of networks: NumPy, safetensors, CSV. */
@NullMarked
package ml.refract.table.array;

import org.jspecify.annotations.NullMarked;
