package lstmgpu.inspect;

import lstmgpu.network.Tensor;

/** A matrix times vectors, as sums of its rows, which the compiler turns into vector instructions. */
final class Product {
    private static final int TOGETHER = 4;

    private final float[] rows;
    private final int width;

    private Product(float[] rows, int width) {
        this.rows = rows;
        this.width = width;
    }

    /** x ↦ wᵀ·x; w [N,M]. */
    static Product ofTransposed(Tensor w) {
        return new Product(w.values(), w.shape().get(1));
    }

    /** x ↦ w·x; w [N,M]. */
    static Product of(Tensor w) {
        int height = w.shape().get(0);
        int inputs = w.shape().get(1);
        float[] turned = new float[height * inputs];
        for (int row = 0; row < height; row++) {
            for (int k = 0; k < inputs; k++) {
                turned[k * height + row] = w.values()[row * inputs + k];
            }
        }
        return new Product(turned, height);
    }

    /** y += the product with x. */
    void add(double[] x, double[] y) {
        int i = 0;
        for (; i + TOGETHER <= x.length; i += TOGETHER) {
            addFour(x, i, y);
        }
        for (; i < x.length; i++) {
            for (int j = 0; j < width; j++) {
                y[j] += x[i] * rows[i * width + j];
            }
        }
    }

    private void addFour(double[] x, int i, double[] y) {
        double a = x[i];
        double b = x[i + 1];
        double c = x[i + 2];
        double d = x[i + 3];
        int at = i * width;
        for (int j = 0; j < width; j++) {
            y[j] += a * rows[at + j]
                    + b * rows[at + width + j]
                    + c * rows[at + 2 * width + j]
                    + d * rows[at + 3 * width + j];
        }
    }
}
