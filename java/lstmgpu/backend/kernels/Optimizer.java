package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/optimizer.cu}. */
final class Optimizer {
    private final KernelDevice device;
    private final WeightCopies weights;

    Optimizer(KernelDevice device, WeightCopies weights) {
        this.device = device;
        this.weights = weights;
    }

    void step(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared) {
        KernelBuffer p = KernelArguments.floats(parameters, 0, "parameters");
        long length = p.length();
        KernelBuffer g = KernelArguments.floats(gradients, length, "gradients");
        KernelBuffer m = spec.usesFirstMoment() ? KernelArguments.floats(firstMoment, length, "firstMoment") : null;
        KernelBuffer v = spec.usesSecondMoment() ? KernelArguments.floats(secondMoment, length, "secondMoment") : null;
        KernelBuffer norm = KernelArguments.floats(normSquared, 1, "normSquared");
        KernelBuffer rates = KernelArguments.floats(clock.rates(), StepClock.RATES, "rates");
        Kernel kernel = kernel(spec.kind());
        KernelCall call = device.call(kernel, ElementType.FLOAT32)
                .buffer(p)
                .buffer(weights.ifPresent(p))
                .buffer(g)
                .longInteger(length)
                .buffer(norm)
                .buffer(Batch.counters(clock))
                .buffer(rates)
                .real(spec.gradClip())
                .real(spec.weightDecay());
        addOwn(call, spec, m, v);
        call.launch(kernel.blocksFor(length));
    }

    private static Kernel kernel(OptimizerSpec.Kind kind) {
        return switch (kind) {
            case ADAM, ADAMW -> Kernel.ADAM;
            case SGD -> Kernel.SGD;
            case RMSPROP -> Kernel.RMSPROP;
            case ADAGRAD -> Kernel.ADAGRAD;
        };
    }

    /** The arguments that only one kind has. The logarithms are what 1 − β^t = 1 − exp(t·ln β) is computed from. */
    private static void addOwn(KernelCall call, OptimizerSpec spec, KernelBuffer m, KernelBuffer v) {
        switch (spec.kind()) {
            case ADAM, ADAMW ->
                call.buffer(m)
                        .buffer(v)
                        .real(spec.beta1())
                        .real(spec.beta2())
                        .real((float) Math.log(spec.beta1()))
                        .real((float) Math.log(spec.beta2()))
                        .real(spec.epsilon())
                        .integer(spec.kind() == OptimizerSpec.Kind.ADAMW ? 1 : 0);
            case SGD -> call.buffer(m).real(spec.momentum());
            case RMSPROP ->
                call.buffer(m).buffer(v).real(spec.beta2()).real(spec.epsilon()).real(spec.momentum());
            case ADAGRAD -> call.buffer(v).real(spec.epsilon());
        }
    }
}
