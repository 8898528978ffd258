/**
 * Matrices and the algebra on them that needs no kernel: storage, tiled Cholesky factorisation, symmetric eigenvalues,
 * conjugate gradients. Uses no other room.
 */
@NullMarked
package ml.refract.linalg;

import org.jspecify.annotations.NullMarked;
