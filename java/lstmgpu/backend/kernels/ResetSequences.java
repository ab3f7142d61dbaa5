package lstmgpu.backend.kernels;

import lstmgpu.backend.BatchShare;
import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/reset_sequences.cu}. */
public final class ResetSequences {
    private ResetSequences() {}

    /**
     * @param state [rows, width], FLOAT32 or BFLOAT16, sequence b in every row r with r % sequences = b
     * @param share which sequences of the batch these are
     */
    public static void launch(
            KernelDevice device,
            KernelBuffer state,
            int sequences,
            int width,
            BatchShare share,
            float probability,
            long seed,
            StepClock clock) {
        device.call(Kernel.RESET_SEQUENCES, state.type())
                .buffer(state)
                .buffer(Batch.counters(clock))
                .integer(sequences)
                .integer(share.of(sequences).first())
                .integer(width)
                .longInteger(seed)
                .integer(Philox.RESET)
                .integer(Philox.threshold(probability))
                .launch(state.length() / width);
    }
}
