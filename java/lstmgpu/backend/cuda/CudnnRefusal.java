package lstmgpu.backend.cuda;

/** cuDNN does not take what it was asked for; another algorithm or another implementation may. */
final class CudnnRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CudnnRefusal(String message) {
        super(message);
    }
}
