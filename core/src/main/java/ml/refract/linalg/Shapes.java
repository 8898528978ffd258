package ml.refract.linalg;

/** Shape checks shared by the matrix types, so that their messages read alike. */
final class Shapes {
    private Shapes() {}

    static int length(int rows, int cols) {
        if (rows < 0 || cols < 0) {
            throw new IllegalArgumentException("A matrix cannot have the shape " + rows + " x " + cols);
        }
        long length = (long) rows * cols;
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("A " + rows + " x " + cols + " matrix has " + length
                    + " entries; one array holds at most " + (Integer.MAX_VALUE - 8) + ". Use fewer rows or columns");
        }
        return (int) length;
    }

    static void requireLength(int rows, int cols, int actual) {
        int wanted = length(rows, cols);
        if (actual != wanted) {
            throw new IllegalArgumentException(
                    "A " + rows + " x " + cols + " matrix needs " + wanted + " entries, got " + actual);
        }
    }

    static void requireRowLength(int row, int actual, int wanted) {
        if (actual != wanted) {
            throw new IllegalArgumentException("Row " + row + " has " + actual + " entries, row 0 has " + wanted);
        }
    }

    static int index(int row, int col, int rows, int cols) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException(
                    "Entry (" + row + ", " + col + ") of a " + rows + " x " + cols + " matrix");
        }
        return row * cols + col;
    }

    /** Position of the first entry of a row; rows of no columns all start at 0. */
    static int rowStart(int row, int rows, int cols) {
        if (row < 0 || row >= rows) {
            throw new IndexOutOfBoundsException("Row " + row + " of a " + rows + " x " + cols + " matrix");
        }
        return row * cols;
    }
}
