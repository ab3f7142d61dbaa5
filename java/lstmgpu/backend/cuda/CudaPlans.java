package lstmgpu.backend.cuda;

import lstmgpu.CacheFolder;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.counted.CountedPlan;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.RnnPlans;
import lstmgpu.backend.kernels.WeightCopies;

/** Recurrent plans: whole sequences in one launch where {@link SequencePlans} takes them, else cuDNN or the fused kernels as {@link RnnChoice} decides. */
final class CudaPlans implements RnnPlans {
    private final CudaDevice device;
    private final CudaLibrary cudnn;
    private final SequencePlans sequence;
    private RnnChoice choice;
    private WeightCopies copies;

    CudaPlans(CudaDevice device, CudaLibrary cudnn) {
        this.device = device;
        this.cudnn = cudnn;
        this.sequence = new SequencePlans(device, CacheFolder.of(System.getenv()));
    }

    @Override
    public ParameterLayout layout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean takesTable(RnnSpec spec) {
        RnnSpec features = spec.withTable(0);
        return sequence.takes(features) || !choice().isCudnn(features);
    }

    @Override
    public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
        copies = backend.weightCopies();
        return !sequence.takes(spec) && choice().isCudnn(spec)
                ? choice().newCudnnPlan(spec, clock)
                : ofKernels(backend, spec, clock);
    }

    /** A plan of this project's own kernels on the backend's device, which may be one that only counts. */
    private RnnPlan ofKernels(KernelBackend backend, RnnSpec spec, StepClock clock) {
        KernelDevice on = backend.kernelDevice();
        WeightCopies weights = backend.weightCopies();
        if (!sequence.takes(spec)) {
            return new LayeredRnnPlan(spec, new KernelRnn(on, spec, clock, weights::of));
        }
        LayerLoop loop = sequence.newLoop(on, spec);
        try {
            return new LayeredRnnPlan(spec, new KernelRnn(on, spec, clock, weights::of, loop));
        } catch (RuntimeException failure) {
            loop.close();
            throw failure;
        }
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
            RnnSpec features = spec.withTable(0);
            return sequence.takes(features) || choice().cudnnBytes(features) < 0;
        }

        @Override
        public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
            long bytes = sequence.takes(spec) ? -1 : choice().cudnnBytes(spec);
            return bytes < 0
                    ? ofKernels(backend, spec, clock)
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
