package ml.refract.bench.jmh;

import ml.refract.kernel.Kernel;

/** The kernels that are timed, one for each way a tile is computed. */
public enum Family {
    LAPLACE("Laplace, q = 1", Kernel.laplace(10, 1)),
    GAUSSIAN("Gaussian, q = 2", Kernel.laplace(10, 2)),
    GENERALISED("Laplace, q = 1.3", Kernel.laplace(10, 1.3)),
    LPQ("l_p Laplace, p = 1.5, q = 1", Kernel.lpq(10, 1.5, 1)),
    PRODUCT("product, l1, q = 1", Kernel.product(10, 1)),
    SUM_POWER("sum-power, q = 1, P = 2", Kernel.sumPower(10, 1, 0, 2));

    private final String title;
    private final Kernel kernel;

    Family(String title, Kernel kernel) {
        this.title = title;
        this.kernel = kernel;
    }

    /** Name in tables. */
    public String title() {
        return title;
    }

    /** The kernel, with a bandwidth at which random rows are neither equal nor strangers. */
    public Kernel kernel() {
        return kernel;
    }
}
