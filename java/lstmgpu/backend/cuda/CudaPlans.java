package lstmgpu.backend.cuda;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.counted.CountedPlan;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.RnnPlans;
import lstmgpu.backend.kernels.WeightCopies;

/** Recurrent plans through cuDNN or the fused kernels, as {@link RnnChoice} decides. */
final class CudaPlans implements RnnPlans {
    private final CudaDevice device;
    private final CudaLibrary cudnn;
    private RnnChoice choice;
    private WeightCopies copies;

    CudaPlans(CudaDevice device, CudaLibrary cudnn) {
        this.device = device;
        this.cudnn = cudnn;
    }

    @Override
    public ParameterLayout layout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean takesTable(RnnSpec spec) {
        return !choice().isCudnn(spec.withTable(0));
    }

    @Override
    public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
        copies = backend.weightCopies();
        return choice().isCudnn(spec) ? choice().newCudnnPlan(spec, clock) : fused(backend, spec, clock);
    }

    private static RnnPlan fused(KernelBackend backend, RnnSpec spec, StepClock clock) {
        WeightCopies copies = backend.weightCopies();
        return new LayeredRnnPlan(spec, new KernelRnn(backend.kernelDevice(), spec, clock, copies::of));
    }

    @Override
    public RnnPlans counting() {
        return new Counting();
    }

    /** As the plans themselves, with cuDNN's taking what cuDNN says, and no trial of its algorithms. */
    private final class Counting implements RnnPlans {
        @Override
        public ParameterLayout layout(RnnShape shape) {
            return CudaPlans.this.layout(shape);
        }

        @Override
        public boolean takesTable(RnnSpec spec) {
            return choice().cudnnBytes(spec.withTable(0)) < 0;
        }

        @Override
        public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
            long bytes = choice().cudnnBytes(spec);
            return bytes < 0
                    ? fused(backend, spec, clock)
                    : new CountedPlan(spec, backend.alloc(ElementType.FLOAT32, bytes / Float.BYTES));
        }

        @Override
        public RnnPlans counting() {
            return this;
        }
    }

    /** Made when first asked for, since cuDNN takes a while to start. The copies are there with the first plan. */
    private RnnChoice choice() {
        if (choice == null) {
            choice = cudnn.isUsable()
                    ? new RnnChoice(new CudnnPlans(device, weights -> copies.of(weights)))
                    : new RnnChoice(cudnn.refusal());
            device.onClose(choice::close);
        }
        return choice;
    }
}
