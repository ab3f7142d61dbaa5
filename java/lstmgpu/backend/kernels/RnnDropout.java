package lstmgpu.backend.kernels;

import java.util.Arrays;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/**
 * Dropout between the layers: layer l's mask is stream l of the plan's seed, element i that of the row-major [T,B,H]
 * of the whole batch.
 */
public final class RnnDropout {
    private final KernelDevice device;
    private final KernelBuffer counters;
    private final DropoutSpec[] masks;

    /** @param clock may be null where nothing is dropped */
    public RnnDropout(KernelDevice device, RnnSpec spec, StepClock clock) {
        boolean drops = spec.drops();
        if (drops && clock == null) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        this.device = device;
        this.counters = drops ? KernelArguments.ints(clock.counters(), StepClock.STEP + 1, "counters") : null;
        this.masks = new DropoutSpec[spec.shape().layers()];
        Arrays.setAll(masks, spec::mask);
    }

    /** y = x under the layer's mask; both [T,B,H] and of one type, y may be x. */
    public void apply(int layer, KernelBuffer x, KernelBuffer y) {
        Dropout.launch(device, x, masks[layer], counters, y);
    }
}
