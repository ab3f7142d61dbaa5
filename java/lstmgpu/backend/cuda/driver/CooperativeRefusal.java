package lstmgpu.backend.cuda.driver;

/** The kernels whose blocks wait for each other do not take a plan; another implementation does. */
public final class CooperativeRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CooperativeRefusal(String message) {
        super(message);
    }
}
