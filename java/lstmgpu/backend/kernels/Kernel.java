package lstmgpu.backend.kernels;

import java.util.Locale;

/** The kernels of {@code kernels/*.cu}: the constant's name in lower case is the function's, one line a kernel. */
public enum Kernel {
    ACTIVATION_PENALTY("activation_penalty", 256),
    ADAPT("adapt", 256),
    AVERAGE("average", 256),
    ADVANCE("batch", 256),
    GATHER_BATCH("batch", 256),
    CLEAR_BEHIND("clusters", 256),
    LOG_SOFTMAX("clusters", 256),
    PARTITION("clusters", 256),
    COLUMN_PARTIALS("column_sum", 256),
    COLUMN_SUM("column_sum", 256),
    ACCUMULATE("convert", 256),
    ADD_BIAS("convert", 256),
    NARROW("convert", 256),
    WIDEN("convert", 256),
    JOIN_DIRECTIONS("directions", 256),
    REVERSE("directions", 256),
    SPLIT_DIRECTIONS("directions", 256),
    COUPLED_LSTM_BACKWARD("coupled_lstm_cell", 256),
    COUPLED_LSTM_FORWARD("coupled_lstm_cell", 256),
    DROPOUT("dropout", 256),
    ELMAN_RELU_BACKWARD("elman_cell", 256),
    ELMAN_RELU_FORWARD("elman_cell", 256),
    ELMAN_TANH_BACKWARD("elman_cell", 256),
    ELMAN_TANH_FORWARD("elman_cell", 256),
    EMBED("embedding", 256),
    FILL("fill", 256),
    GEMM("gemm", 256),
    GRU_BACKWARD("gru_cell", 256),
    GRU_FORWARD("gru_cell", 256),
    HUBER_ERROR("huber_error", 256),
    LAYER_NORM_LSTM_BACKWARD("layer_norm_lstm_cell", 256),
    LAYER_NORM_LSTM_FORWARD("layer_norm_lstm_cell", 256),
    LSTM_BACKWARD("lstm_cell", 256),
    LSTM_FORWARD("lstm_cell", 256),
    ADAGRAD("optimizer", 256),
    ADAM("optimizer", 256),
    RMSPROP("optimizer", 256),
    SGD("optimizer", 256),
    PEEPHOLE_LSTM_BACKWARD("peephole_lstm_cell", 256),
    PEEPHOLE_LSTM_FORWARD("peephole_lstm_cell", 256),
    PEEPHOLE_PARTIALS("peephole_gradient", 256),
    POOL("pool", 256),
    POOL_GRAD("pool", 256),
    QUANTILE_ERROR("quantile_error", 256),
    RESET_SEQUENCES("reset_sequences", 256),
    GATHER_ROWS("rows", 256),
    TAKE("rows", 256),
    SAMPLE_KEYS("sample", 256),
    SAMPLE_KEEP("sample", 256),
    SAMPLE_PICK("sample", 256),
    SOFTMAX_CROSS_ENTROPY("softmax_cross_entropy", 256),
    SQUARED_ERROR("squared_error", 256),
    RECORD_MEAN("sum_of_squares", 256),
    SUM_PARTS("sum_of_squares", 256),
    SUM_STRETCHES("sum_of_squares", 256),
    TOKEN_COMBINE("token_gradient", 256),
    TOKEN_COUNT("token_gradient", 256),
    TOKEN_PLACE("token_gradient", 256),
    TOKEN_SCAN("token_gradient", 256),
    TOKEN_SUM("token_gradient", 256),
    TOKEN_MASK("token_mask", 256),
    WEIGH("weigh", 256),
    ZONEOUT_BACKWARD("zoneout", 256),
    ZONEOUT_FORWARD("zoneout", 256);

    /** Of a launch: no more than keep any device busy; the kernel's loop takes the rest. */
    static final long MOST_BLOCKS = 2048;

    private final String file;
    private final int block;

    Kernel(String file, int block) {
        this.file = file;
        this.block = block;
    }

    /** The file's name without its ending. */
    public String file() {
        return file;
    }

    public String function() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Threads of a block: the file's BLOCK. */
    public int block() {
        return block;
    }

    /** Blocks for n elements at one a thread, at most {@link #MOST_BLOCKS}. */
    public long blocksFor(long n) {
        return Math.min((n + block - 1) / block, MOST_BLOCKS);
    }

    /** Rows of a grid whose rows have so many blocks, one for each of n, at most {@link #MOST_BLOCKS} blocks in all. */
    static long rowsFor(long n, long blocks) {
        return Math.min(n, Math.max(1, MOST_BLOCKS / Math.max(1, blocks)));
    }
}
