package lstmgpu.backend.kernels;

import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/reset_lanes.cu}. */
public final class ResetLanes {
    private ResetLanes() {}

    /** @param state [rows, width], FLOAT32 or BFLOAT16, lane b in every row r with r % lanes = b */
    public static void launch(
            KernelDevice device,
            KernelBuffer state,
            int lanes,
            int width,
            float probability,
            long seed,
            StepClock clock) {
        device.call(Kernel.RESET_LANES, state.type())
                .buffer(state)
                .buffer(Batch.counters(clock))
                .integer(lanes)
                .integer(width)
                .longInteger(seed)
                .integer(Philox.RESET)
                .integer(Philox.threshold(probability))
                .launch(state.length() / width);
    }
}
