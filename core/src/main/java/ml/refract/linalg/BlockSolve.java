package ml.refract.linalg;

/**
 * Solves L L' X = B for many right-hand sides at once, in storage precision: every step is a product of tiles, at the speed of
 * the factorisation. The diagonal tiles are inverted once for that; they are well conditioned where the whole is not. The
 * diagonal of the inverse comes the same way.
 *
 * <p>Sides are scaled to a largest entry of one on their way in and back on their way out, so that small residuals do not
 * underflow.
 *
 * @param <A> the array type of a tile
 */
final class BlockSolve<A> {
    private final TileKernels<A> kernels;
    private final SymmetricTiles<A> factor;
    private final ParallelFor parallel;
    /** -L_ii^-1 of every diagonal tile. */
    private final A[] inverses;
    /** Their transposes. */
    private final A[] transposedInverses;

    private final IdleTiles<A> idleTiles;

    @SuppressWarnings("unchecked")
    BlockSolve(TileKernels<A> kernels, SymmetricTiles<A> factor, ParallelFor parallel) {
        this.kernels = kernels;
        this.factor = factor;
        this.parallel = parallel;
        this.idleTiles = new IdleTiles<>(kernels);
        int count = factor.tileCount();
        this.inverses = (A[]) new Object[count];
        this.transposedInverses = (A[]) new Object[count];
        parallel.run(count, this::invert);
    }

    private void invert(int i) {
        int m = factor.tileRows(i);
        A transposed = kernels.allocate(Panels.length(m, m));
        for (int r = 0; r < m; r++) {
            kernels.set(transposed, Panels.index(r, r, m), -1);
        }
        kernels.solveRight(factor.tile(i, i), m, transposed, m);
        A inverse = kernels.allocate(Panels.length(m, m));
        kernels.transpose(transposed, m, m, inverse);
        transposedInverses[i] = transposed;
        inverses[i] = inverse;
    }

    /**
     * Replaces each side by its solution. Cost 2 n^2 flops a side, and n^2 / 2 moves.
     *
     * @param b side l at {@code b[l * n ..]}
     */
    void solve(double[] b, int sides) {
        double[] scales = scales(b, sides);
        A[] rows = load(b, sides, scales);
        forward(rows, sides);
        backward(rows, sides);
        store(rows, b, sides, scales);
    }

    /**
     * Diagonal of (L L')^-1: squared norms of the columns of L^-1, summed in double. Blocks of 256 columns are independent
     * tasks of up to 256 n numbers each. Cost n^3/3 flops.
     */
    double[] inverseDiagonal() {
        double[] diagonal = new double[factor.size()];
        parallel.run(inverses.length, j -> addInverseColumns(j, diagonal));
        return diagonal;
    }

    /** Columns j of L^-1 as rows: Z_jj' = L_jj'^-1, Z_tj' = -(sum over s < t of Z_sj' L_ts') L_tt'^-1. */
    private void addInverseColumns(int j, double[] diagonal) {
        int width = factor.tileRows(j);
        @SuppressWarnings("unchecked")
        A[] rows = (A[]) new Object[inverses.length];
        rows[j] = transposedInverses[j]; // its sign changes all that follow, and no square
        addSquares(rows[j], width, width, diagonal, j * Panels.TILE);
        for (int t = j + 1; t < rows.length; t++) {
            int m = factor.tileRows(t);
            A sum = kernels.allocate(Panels.length(width, m));
            for (int s = j; s < t; s++) {
                kernels.subtractProduct(rows[s], factor.tile(t, s), factor.tileRows(s), sum, width, m);
            }
            rows[t] = product(sum, inverses[t], t, width);
            addSquares(rows[t], width, m, diagonal, j * Panels.TILE);
        }
    }

    private void addSquares(A tile, int rows, int cols, double[] sums, int from) {
        for (int k = 0; k < cols; k++) {
            for (int r = 0; r < rows; r++) {
                double value = kernels.get(tile, Panels.index(r, k, cols));
                sums[from + r] += value * value;
            }
        }
    }

    private double[] scales(double[] b, int sides) {
        int n = factor.size();
        double[] scales = new double[sides];
        for (int l = 0; l < sides; l++) {
            double largest = 0;
            for (int i = l * n; i < (l + 1) * n; i++) {
                largest = Math.max(largest, Math.abs(b[i]));
            }
            scales[l] = largest > 0 ? largest : 1;
        }
        return scales;
    }

    /** B' cut into tiles of all sides by 256 columns. */
    private A[] load(double[] b, int sides, double[] scales) {
        @SuppressWarnings("unchecked")
        A[] rows = (A[]) new Object[factor.tileCount()];
        parallel.run(rows.length, i -> {
            int m = factor.tileRows(i);
            A tile = kernels.allocate(Panels.length(sides, m));
            for (int l = 0; l < sides; l++) {
                int from = l * factor.size() + i * Panels.TILE;
                for (int k = 0; k < m; k++) {
                    kernels.set(tile, Panels.index(l, k, m), b[from + k] / scales[l]);
                }
            }
            rows[i] = tile;
        });
        return rows;
    }

    private void store(A[] rows, double[] b, int sides, double[] scales) {
        parallel.run(rows.length, i -> {
            int m = factor.tileRows(i);
            for (int l = 0; l < sides; l++) {
                int from = l * factor.size() + i * Panels.TILE;
                for (int k = 0; k < m; k++) {
                    b[from + k] = kernels.get(rows[i], Panels.index(l, k, m)) * scales[l];
                }
            }
        });
    }

    /** L Y = B: Y_i' = R_i' L_ii'^-1, then R_t' := R_t' - Y_i' L_ti' for all t below i. */
    private void forward(A[] rows, int sides) {
        int count = rows.length;
        for (int i = 0; i < count; i++) {
            int column = i;
            rows[i] = product(rows[i], inverses[i], i, sides);
            parallel.run(count - i - 1, t -> {
                int row = column + 1 + t;
                kernels.subtractProduct(
                        rows[column],
                        factor.tile(row, column),
                        factor.tileRows(column),
                        rows[row],
                        sides,
                        factor.tileRows(row));
            });
        }
    }

    /** L' X = Y: X_i' = R_i' L_ii^-1, then R_j' := R_j' - X_i' L_ij for all j above i. */
    private void backward(A[] rows, int sides) {
        for (int i = rows.length - 1; i >= 0; i--) {
            int row = i;
            int m = factor.tileRows(i);
            rows[i] = product(rows[i], transposedInverses[i], i, sides);
            parallel.run(i, j -> {
                A transposed = idleTiles.take();
                kernels.transpose(factor.tile(row, j), m, Panels.TILE, transposed);
                kernels.subtractProduct(rows[row], transposed, m, rows[j], sides, Panels.TILE);
                idleTiles.give(transposed);
            });
        }
    }

    /** R N', with N the negated inverse: 0 - R (-N)'. */
    private A product(A row, A negated, int i, int sides) {
        int m = factor.tileRows(i);
        A result = kernels.allocate(Panels.length(sides, m));
        kernels.subtractProduct(row, negated, m, result, sides, m);
        return result;
    }
}
