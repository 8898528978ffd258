package ml.refract.engine;

/** Storage precision of points, kernel blocks and factors. */
public enum Precision {
    /** 4-byte floats: what fits the caches and the vector units. */
    FLOAT32(4, 1e-7, 1e16),
    /** 8-byte doubles: the reference every fast path is compared with. */
    FLOAT64(8, 1e-15, 1e150);

    private final int bytes;
    private final double roundoff;
    private final double largest;

    Precision(int bytes, double roundoff, double largest) {
        this.bytes = bytes;
        this.roundoff = roundoff;
        this.largest = largest;
    }

    /** Bytes a number takes. */
    public int bytes() {
        return bytes;
    }

    /** Relative size below which a quantity is lost in rounding. */
    public double roundoff() {
        return roundoff;
    }

    /** Coordinates up to this size have finite squared distances, even a million of them. */
    public double largest() {
        return largest;
    }
}
