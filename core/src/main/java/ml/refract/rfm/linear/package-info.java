/**
 * lin-RFM: the recursive feature machine whose predictor is linear, which recovers sparse vectors and low-rank matrices
 * from few measurements (Radhakrishnan, Belkin and Drusvyatskiy, PNAS 2025, arXiv 2401.04553). Start at
 * {@link ml.refract.rfm.linear.Completion} and {@link ml.refract.rfm.linear.SparseRegression}.
 */
@NullMarked
package ml.refract.rfm.linear;

import org.jspecify.annotations.NullMarked;
