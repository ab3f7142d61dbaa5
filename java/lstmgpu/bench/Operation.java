package lstmgpu.bench;

import java.util.Locale;

/** The operations that are timed alone, at the sizes that a training step of a {@link BenchShape} gives them. */
enum Operation {
    /** Rows of the embedding, [N,E]. */
    EMBED,
    EMBED_GRAD,
    /** The output layer, [N,H] to [N,V]. */
    LINEAR,
    LINEAR_GRAD,
    DROPOUT,
    /** Loss and its gradient in place, [N,V]. */
    SOFTMAX_CROSS_ENTROPY,
    /** Over all parameters, as Adam. */
    SUM_OF_SQUARES,
    OPTIMIZER_STEP,
    /** A token per sequence, [B,V]. */
    SAMPLE;

    private static final int FLOAT_BYTES = 4;

    /** As in tables and JSON: op:NAME. */
    String label() {
        return "op:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it reads and writes at least, in bytes. */
    long bytes(BenchShape shape) {
        long tokens = shape.tokens();
        long embedded = tokens * shape.embedding();
        long hidden = tokens * shape.hidden();
        long logits = tokens * shape.vocabulary();
        long table = (long) shape.vocabulary() * shape.embedding();
        long weights = (long) shape.hidden() * shape.vocabulary();
        return FLOAT_BYTES
                * switch (this) {
                    case EMBED -> embedded + tokens + Math.min(table, embedded);
                    case EMBED_GRAD -> embedded + tokens + 2 * Math.min(table, embedded);
                    case LINEAR -> hidden + weights + logits;
                    case LINEAR_GRAD -> 2 * hidden + 3 * weights + logits;
                    case DROPOUT -> 2 * hidden;
                    case SOFTMAX_CROSS_ENTROPY -> 2 * logits + 2 * tokens;
                    case SUM_OF_SQUARES -> shape.parameters();
                    case OPTIMIZER_STEP -> 8 * shape.parameters();
                    case SAMPLE -> (long) shape.batch() * shape.vocabulary();
                };
    }

    /** Multiplications and additions of the products; what the others compute is not what takes their time. */
    long operations(BenchShape shape) {
        long product = 2 * shape.tokens() * shape.hidden() * shape.vocabulary();
        return switch (this) {
            case LINEAR -> product;
            case LINEAR_GRAD -> 2 * product;
            default -> 0;
        };
    }
}
