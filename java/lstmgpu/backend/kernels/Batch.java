package lstmgpu.backend.kernels;

import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/** Launches {@code kernels/batch.cu}: batches out of a text, and the clock. */
final class Batch {
    private final KernelDevice device;

    Batch(KernelDevice device) {
        this.device = device;
    }

    void gather(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets) {
        if (!(corpus instanceof KernelCorpus own)) {
            throw new IllegalArgumentException("the corpus is not one of this backend");
        }
        long tokens = Math.multiplyExact((long) spec.steps(), (long) spec.batch());
        KernelBuffer in = KernelArguments.ints(inputs, tokens, "inputs");
        KernelBuffer out = KernelArguments.ints(targets, tokens, "targets");
        device.call(Kernel.GATHER_BATCH, ElementType.FLOAT32)
                .buffer(own.words(device))
                .integer(own.bytesPerToken())
                .buffer(counters(clock))
                .buffer(KernelArguments.intsOrNull(places, 1, "places"))
                .buffer(in)
                .buffer(out)
                .integer(spec.steps())
                .integer(spec.share().first())
                .integer(spec.share().all())
                .longInteger(spec.origin())
                .longInteger(spec.sequenceStride())
                .longInteger(spec.stepStride())
                .longInteger(spec.shuffled() ? spec.windows() : 0)
                .longInteger(spec.seed())
                .launch(spec.batch());
    }

    void advance(StepClock clock, int stepsPerEpoch) {
        if (stepsPerEpoch < 1) {
            throw new IllegalArgumentException("an epoch has at least one step, not " + stepsPerEpoch);
        }
        device.call(Kernel.ADVANCE, ElementType.FLOAT32)
                .buffer(counters(clock))
                .integer(stepsPerEpoch)
                .launch(1);
    }

    static KernelBuffer counters(StepClock clock) {
        return KernelArguments.ints(clock.counters(), 3, "clock");
    }
}
