/** Directions in wide rows of activations along which a concept changes: extraction, selection and detection. */
@NullMarked
package ml.refract.concept;

import org.jspecify.annotations.NullMarked;
