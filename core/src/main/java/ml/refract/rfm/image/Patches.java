package ml.refract.rfm.image;

import ml.refract.linalg.DoubleMatrix;

/**
 * Where patches lie in an image.
 *
 * @param height rows of a patch
 * @param width columns of a patch
 * @param stride pixels from one patch to the next, down and across
 * @param padding zeros around the image
 */
public record Patches(int height, int width, int stride, int padding) {
    /**
     * @throws IllegalArgumentException naming what is out of range
     */
    public Patches {
        if (height < 1 || width < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    "Patches need a height, a width and a stride of at least 1 and a padding "
                            + "that is not negative, got " + height + " x " + width + ", stride " + stride
                            + " and padding " + padding);
        }
    }

    /** Square patches at every pixel where they fit. */
    public static Patches square(int side) {
        return new Patches(side, side, 1, 0);
    }

    /** Numbers of a patch. */
    int length(Images images) {
        return images.channels() * height * width;
    }

    /** Patches one below the other. */
    int down(Images images) {
        return count(images.height(), height);
    }

    /** Patches side by side. */
    int across(Images images) {
        return count(images.width(), width);
    }

    private int count(int image, int patch) {
        int room = image + 2 * padding - patch;
        if (room < 0) {
            throw new IllegalArgumentException("Patches of " + height + " x " + width
                    + " do not fit into the images, whose side is " + image + " with a padding of " + padding);
        }
        return room / stride + 1;
    }

    /** All patches, image by image and row by row: (n positions) x length. */
    DoubleMatrix of(Images images) {
        int down = down(images);
        int across = across(images);
        DoubleMatrix result = DoubleMatrix.zeros(images.count() * down * across, length(images));
        int k = 0;
        for (int i = 0; i < images.count(); i++) {
            for (int v = 0; v < down; v++) {
                for (int u = 0; u < across; u++) {
                    k = copy(images, i, v * stride - padding, u * stride - padding, result.values(), k);
                }
            }
        }
        return result;
    }

    private int copy(Images images, int image, int top, int left, double[] target, int from) {
        int k = from;
        for (int c = 0; c < images.channels(); c++) {
            for (int y = top; y < top + height; y++) {
                for (int x = left; x < left + width; x++) {
                    target[k++] = images.at(image, c, y, x);
                }
            }
        }
        return k;
    }
}
