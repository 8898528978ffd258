package ml.refract.solver;

/** What a ridge system keeps in memory while it is solved. The solution is the same to the accuracy it is asked for. */
public enum KernelStorage {
    /** The kernel matrix and its factor, two triangles of n^2 / 2 numbers; an old factor can serve a similar kernel. */
    KEPT,

    /**
     * The factor alone, one triangle: entries of the kernel are evaluated again for every residual, and every kernel is
     * factored.
     */
    RECOMPUTED
}
