package lstmgpu.backend.cuda.sequence;

/**
 * How the blocks of a group get what the others of it computed; kernels/cuda/exchange.h says what each means, and has
 * their numbers.
 */
enum Exchange {
    FLAGS(0, " with flags", 1000, 1000),
    SHOWN(1, " without flags", 500, 500),
    CLUSTER(2, " in clusters", 300, 300),
    MIXED(3, " with flags, sums in clusters", 1000, 300);

    private final int number;
    private final String text;
    private final double nanoseconds;
    private final double nanosecondsOfSums;

    Exchange(int number, String text, double nanoseconds, double nanosecondsOfSums) {
        this.number = number;
        this.text = text;
        this.nanoseconds = nanoseconds;
        this.nanosecondsOfSums = nanosecondsOfSums;
    }

    /** What the kernels call it. */
    int number() {
        return number;
    }

    boolean hasFlags() {
        return this == FLAGS || this == MIXED;
    }

    boolean hasClusters() {
        return this == CLUSTER || this == MIXED;
    }

    /**
     * From the last block's step until all have heard of its h or gate gradients, by the model of
     * {@link SequencePlanner}.
     */
    double nanoseconds() {
        return nanoseconds;
    }

    /** The same of partial sums. */
    double nanosecondsOfSums() {
        return nanosecondsOfSums;
    }

    /** The words for it behind others. */
    String text() {
        return text;
    }
}
