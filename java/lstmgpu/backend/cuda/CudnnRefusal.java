package lstmgpu.backend.cuda;

/** cuDNN does not compute what it was asked for; another algorithm or another implementation may. */
final class CudnnRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Extent extent;

    /** What is refused: this layer, every layer in its precision, or all that cuDNN could do. */
    enum Extent {
        LAYER,
        PRECISION,
        LIBRARY
    }

    CudnnRefusal(String message) {
        this(message, Extent.LAYER);
    }

    CudnnRefusal(String message, Extent extent) {
        super(message);
        this.extent = extent;
    }

    Extent extent() {
        return extent;
    }
}
