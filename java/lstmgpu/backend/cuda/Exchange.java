package lstmgpu.backend.cuda;

/**
 * How the blocks of a group get what the others of it computed; kernels/cuda/exchange.h says what each means, and has their numbers.
 */
enum Exchange {
    FLAGS(" with flags", 1000),
    SHOWN(" without flags", 500),
    CLUSTER(" in clusters", 300);

    private final String text;
    private final double nanoseconds;

    Exchange(String text, double nanoseconds) {
        this.text = text;
        this.nanoseconds = nanoseconds;
    }

    /** From the last block's step until all have heard of it, by the model of {@link SequencePlanner}. */
    double nanoseconds() {
        return nanoseconds;
    }

    /** The words for it behind others. */
    String text() {
        return text;
    }
}
