package ml.refract.rfm.exact;

import ml.refract.linalg.DoubleMatrix;

/** What the gradients of a machine f_l(x) = sum_i k_M(x, x_i) alpha_il add up to. */
interface GradientSums {
    /**
     * C (d x d, symmetric) of the average gradient outer product M C M over queries.
     *
     * @param centred whether the mean gradient of each output is subtracted first
     */
    DoubleMatrix moment(Inputs queries, boolean centred);

    /** L (d x d, symmetric) of FACT = sum_i J(x_i)' alpha_i x_i' = M L, over the centers. */
    DoubleMatrix fact();
}
