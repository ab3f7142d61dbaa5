package lstmgpu.backend.cuda.stream;

import lstmgpu.backend.RnnShape;
import lstmgpu.backend.cuda.driver.CooperativeKernel;

/**
 * How {@code kernels/cuda/token_stream.cu} divides a network among blocks.
 *
 * @param vocabulary V
 * @param window W, the tokens of the history
 * @param factorBytes of an element of the weights: 4, or 2 for bfloat16
 * @param units of each layer that a block has
 * @param tableKept whether each block keeps its columns of the first layer's table
 */
record TokenStreamShape(RnnShape rnn, int vocabulary, int window, int factorBytes, int units, boolean tableKept) {
    static final String KERNEL = "token_stream";

    /** With fewer a warp has no whole tile of rows, and more blocks have to hear of each other. */
    private static final int FEWEST_UNITS = 4;

    private static final int WARPS = CooperativeKernel.THREADS / 32;
    private static final int DIGITS = 8;
    private static final int PIECE = 16;

    /** The shape for a GPU; the table is kept where there is room. */
    static TokenStreamShape of(
            RnnShape rnn, int vocabulary, int window, int factorBytes, int multiprocessors, int sharedBytes) {
        int units = Math.max(FEWEST_UNITS, (rnn.hiddenSize() + multiprocessors - 1) / multiprocessors);
        TokenStreamShape keeping = new TokenStreamShape(rnn, vocabulary, window, factorBytes, units, true);
        return keeping.bytes() <= sharedBytes
                ? keeping
                : new TokenStreamShape(rnn, vocabulary, window, factorBytes, units, false);
    }

    int blocks() {
        return (rnn.hiddenSize() + units - 1) / units;
    }

    /** Of the kernel's compiler. */
    String[] constants() {
        return new String[] {"FACTOR_BYTES=" + factorBytes};
    }

    /** The cell's number in the kernel's enum Kind. */
    int kind() {
        return switch (rnn.cell()) {
            case LSTM -> 0;
            case GRU -> 1;
            case RNN_TANH -> 2;
            case RNN_RELU -> 3;
            case LSTM_COUPLED -> 4;
            case LSTM_PEEPHOLE, LSTM_LAYER_NORM ->
                throw new IllegalStateException("the kernel has no formula for " + rnn.cell());
        };
    }

    /** Words of 64 bits in which blocks tell each other h and logits. */
    long exchanged() {
        return 2L * ((long) rnn.layers() * rnn.hiddenSize() + vocabulary + vocabulary % 2);
    }

    /** Of a block, if that is no more than an int holds. */
    int sharedBytes() {
        return Math.toIntExact(bytes());
    }

    /** Shared memory of a block: the arrays of the kernel's Chip, in its order. */
    long bytes() {
        long layers = rnn.layers();
        long hidden = rnn.hiddenSize();
        long rows = (long) rnn.cell().gates() * units;
        long tokens = vocabulary;
        long logits = (tokens + blocks() - 1) / blocks();
        return array((2 * layers - 1) * rows * hidden * factorBytes)
                + array(logits * hidden * factorBytes)
                + array(tableKept ? tokens * rows * Float.BYTES : 0)
                + array(layers * 2 * rows * Float.BYTES)
                + array(layers * WARPS * rows * Float.BYTES)
                + array(2 * WARPS * Math.max(rows, logits) * Float.BYTES)
                + array(hidden * Float.BYTES)
                + array(layers * 2 * units * Float.BYTES)
                + 2 * array(tokens * Float.BYTES)
                + array((long) window * Integer.BYTES)
                + array(Integer.BYTES)
                + array((long) DIGITS * CooperativeKernel.THREADS * Long.BYTES);
    }

    private static long array(long bytes) {
        return (bytes + PIECE - 1) / PIECE * PIECE;
    }

    @Override
    public String toString() {
        return "%d blocks of %d units a layer, %d KB each".formatted(blocks(), units, bytes() >> 10);
    }
}
