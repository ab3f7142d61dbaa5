package lstmgpu.backend.cuda;

/** The kernels whose blocks wait for each other do not take a plan; another implementation does. */
final class SequenceRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SequenceRefusal(String message) {
        super(message);
    }
}
