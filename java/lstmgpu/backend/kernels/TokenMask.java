package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/token_mask.cu}. */
final class TokenMask {
    private final KernelDevice device;

    TokenMask(KernelDevice device) {
        this.device = device;
    }

    void apply(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors) {
        KernelBuffer ids = KernelArguments.ints(tokens, 0, "tokens");
        device.call(Kernel.TOKEN_MASK, ElementType.FLOAT32)
                .buffer(ids)
                .buffer(KernelArguments.floats(factors, ids.length(), "factors"))
                .buffer(Batch.counters(clock))
                .longInteger(ids.length())
                .longInteger(mask.seed())
                .integer(mask.stream())
                .integer(Philox.threshold(mask.probability()))
                .real((float) (1 / (1 - (double) mask.probability())))
                .launch(Kernel.TOKEN_MASK.blocksFor(ids.length()));
    }
}
