package ml.refract.rfm.image;

import ml.refract.linalg.DoubleMatrix;

/**
 * Images of one size. The pixels are not copied.
 *
 * @param height rows of an image
 * @param width columns of an image
 * @param channels numbers of a pixel
 * @param pixels one image a row, channel by channel, each row by row: (channel * height + y) * width + x
 */
public record Images(int height, int width, int channels, DoubleMatrix pixels) {
    /**
     * @throws IllegalArgumentException when the pixels do not fill the images
     */
    public Images {
        if (height < 1 || width < 1 || channels < 1 || (long) height * width * channels != pixels.cols()) {
            throw new IllegalArgumentException("Images of " + height + " x " + width + " pixels and " + channels
                    + " channels cannot have " + pixels.cols() + " numbers each");
        }
    }

    /** Images of one channel. */
    public static Images grey(int height, int width, DoubleMatrix pixels) {
        return new Images(height, width, 1, pixels);
    }

    /** Number of images, n. */
    public int count() {
        return pixels.rows();
    }

    /** One number of one image; 0 outside. */
    public double at(int image, int channel, int y, int x) {
        return y < 0 || y >= height || x < 0 || x >= width
                ? 0
                : pixels.values()[image * pixels.cols() + (channel * height + y) * width + x];
    }

    /** Some of the images, in the given order. */
    public Images select(int[] images) {
        return new Images(height, width, channels, pixels.select(images));
    }

    /** Whether other images have the same height, width and channels. */
    boolean isLike(Images other) {
        return height == other.height && width == other.width && channels == other.channels;
    }
}
