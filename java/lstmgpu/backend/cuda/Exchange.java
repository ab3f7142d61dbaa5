package lstmgpu.backend.cuda;

/**
 * How the blocks of a group get what the others of it computed; kernels/cuda/exchange.h says what each means, and has their numbers.
 */
enum Exchange {
    FLAGS(0, " with flags", 1000),
    SHOWN(1, " without flags", 500),
    CLUSTER(2, " in clusters", 300);

    private final int number;
    private final String text;
    private final double nanoseconds;

    Exchange(int number, String text, double nanoseconds) {
        this.number = number;
        this.text = text;
        this.nanoseconds = nanoseconds;
    }

    /** What the kernels call it. */
    int number() {
        return number;
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
