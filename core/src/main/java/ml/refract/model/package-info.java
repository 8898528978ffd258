/** Model files: write, read, check. One safetensors file holds everything a prediction needs. */
@NullMarked
package ml.refract.model;

import org.jspecify.annotations.NullMarked;
