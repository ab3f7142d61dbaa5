package lstmgpu.backend.kernels;

/** Launches {@code kernels/gemm.cu}: the products of a device without a library for them. */
public final class Gemm {
    /**
     * The kernel's TILE where its text is compiled as it stands: rows and columns of C that a block computes at a time.
     */
    private static final int TILE = 64;

    private Gemm() {}

    /** See {@link KernelDevice#multiply}. */
    public static void multiply(
            KernelDevice device, Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        launch(device.call(Kernel.GEMM, KernelArguments.storage(product.precision())), TILE, product, a, b, add, c);
    }

    /**
     * The same, for a kernel that was compiled with a tile of its own.
     *
     * @param call of {@link Kernel#GEMM}, without arguments yet
     */
    public static void launch(
            KernelCall call, int tile, Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        long tiles = (long) Math.ceilDiv(product.rows(), tile) * Math.ceilDiv(product.columns(), tile);
        call.buffer(a)
                .buffer(b)
                .buffer(c)
                .integer(product.rows())
                .integer(product.columns())
                .integer(product.depth())
                .integer(product.transposeA() ? 1 : 0)
                .integer(product.transposeB() ? 1 : 0)
                .integer(add ? 1 : 0)
                .launch(Math.min(tiles, Integer.MAX_VALUE));
    }
}
