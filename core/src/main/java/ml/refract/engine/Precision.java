package ml.refract.engine;

/** Storage precision of points, kernel blocks and factors. */
public enum Precision {
    /** 4-byte floats: what fits the caches and the vector units. */
    FLOAT32(4, 1e-7),
    /** 8-byte doubles: the reference every fast path is compared with. */
    FLOAT64(8, 1e-15);

    private final int bytes;
    private final double roundoff;

    Precision(int bytes, double roundoff) {
        this.bytes = bytes;
        this.roundoff = roundoff;
    }

    /** Bytes a number takes. */
    public int bytes() {
        return bytes;
    }

    /** Relative size below which a quantity is lost in rounding. */
    public double roundoff() {
        return roundoff;
    }
}
