package lstmgpu.bench;

import java.util.Locale;

/** What a benchmark times. */
public enum BenchTask {
    /** Batch, forward, loss, backward, clip, Adam. */
    TRAIN_STEP,

    /** Forward and backward of the recurrent layers alone, from real-valued inputs. */
    RECURRENT_STACK,

    /** One stream, one token after the other. */
    GENERATE,

    /** Each {@link Operation} alone, at the sizes of a training step. */
    OPERATIONS;

    /** The name in tables, JSON and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
