package lstmgpu.backend.kernels;

import lstmgpu.backend.BatchShare;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/**
 * Dropout between the layers: layer l's mask is stream l of the plan's seed, element i that of the row-major [T,B,H]
 * of the whole batch.
 */
public final class RnnDropout {
    private final KernelDevice device;
    private final KernelBuffer counters;
    private final long seed;
    private final float probability;
    private final int sequences;
    private final int width;
    private final BatchShare share;

    /** @param clock may be null where nothing is dropped */
    public RnnDropout(KernelDevice device, RnnSpec spec, StepClock clock) {
        boolean drops = spec.drops();
        if (drops && clock == null) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        this.device = device;
        this.counters = drops ? KernelArguments.ints(clock.counters(), StepClock.STEP + 1, "counters") : null;
        this.seed = spec.dropout().seed();
        this.probability = spec.dropout().probability();
        this.sequences = spec.batch();
        this.width = spec.shape().hiddenSize();
        this.share = BatchShare.whole(sequences);
    }

    /** y = x under the layer's mask; both [T,B,H] and of one type, y may be x. */
    public void apply(int layer, KernelBuffer x, KernelBuffer y) {
        Dropout.launch(device, x, sequences, width, share, probability, seed, layer, counters, y);
    }
}
