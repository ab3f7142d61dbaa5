package lstmgpu.backend.cuda;

/** The kernels whose blocks wait for each other do not take a plan; another implementation does. */
final class CooperativeRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CooperativeRefusal(String message) {
        super(message);
    }
}
