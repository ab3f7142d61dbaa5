package lstmgpu.backend.opencl;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.RnnPlans;

/** Recurrent plans through the fused kernels, in FP32. */
final class OpenClPlans implements RnnPlans {
    @Override
    public ParameterLayout layout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean takesTable(RnnSpec spec) {
        return true;
    }

    @Override
    public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn("opencl");
        if (spec.precision() != Precision.FP32) {
            throw new LstmGpuException(
                    ExitCode.USAGE, "the device opencl computes in fp32 only; use --precision fp32 or leave it out");
        }
        return new LayeredRnnPlan(spec, new KernelRnn(backend.kernelDevice(), spec, clock, backend.weightCopies()::of));
    }

    @Override
    public RnnPlans counting() {
        return this;
    }
}
