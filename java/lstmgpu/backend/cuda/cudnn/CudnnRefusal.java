package lstmgpu.backend.cuda.cudnn;

/** cuDNN does not compute what it was asked for; another algorithm or another implementation may. */
public final class CudnnRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Extent extent;

    /** What is refused: this layer, every layer in its precision, or all that cuDNN could do. */
    public enum Extent {
        LAYER,
        PRECISION,
        LIBRARY
    }

    public CudnnRefusal(String message) {
        this(message, Extent.LAYER);
    }

    public CudnnRefusal(String message, Extent extent) {
        super(message);
        this.extent = extent;
    }

    public Extent extent() {
        return extent;
    }
}
