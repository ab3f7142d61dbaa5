package lstmgpu.backend.opencl;

import java.util.List;
import java.util.Locale;

/**
 * How {@code kernels/gemm.cu} cuts a product up.
 *
 * @param tile rows and columns of the result that a block computes at a time, a multiple of 16
 * @param depth how much of the inner length is in local memory at a time
 */
record GemmShape(int tile, int depth) {
    /** Those that the tuning run tries. */
    static final List<GemmShape> ALL =
            List.of(new GemmShape(64, 16), new GemmShape(32, 16), new GemmShape(16, 32), new GemmShape(128, 8));

    /** For the compiler. */
    String definitions() {
        return String.format(Locale.ROOT, " -DTILE=%d -DDEPTH=%d", tile, depth);
    }

    @Override
    public String toString() {
        return tile + "x" + depth;
    }

    /** What {@link #toString} wrote; null for anything else. */
    static GemmShape of(String text) {
        return ALL.stream()
                .filter(shape -> shape.toString().equals(text))
                .findFirst()
                .orElse(null);
    }
}
