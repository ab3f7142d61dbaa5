package lstmgpu.train;

/** The run has left the numbers that can be trained on. It goes back to an earlier state, or ends. */
final class Divergence extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int step;

    /**
     * @param step steps after which the state was found bad
     * @param what was found, as the beginning of a sentence
     */
    Divergence(int step, String what) {
        super(what);
        this.step = step;
    }

    int step() {
        return step;
    }
}
