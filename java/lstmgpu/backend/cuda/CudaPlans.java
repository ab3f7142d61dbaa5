package lstmgpu.backend.cuda;

import java.nio.file.Path;
import java.util.function.Consumer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;
import lstmgpu.backend.counted.CountedPlan;
import lstmgpu.backend.cuda.cudnn.CudnnPlans;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.cuda.sequence.SequencePlans;
import lstmgpu.backend.cuda.stream.TokenStreams;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.LayerSequence;
import lstmgpu.backend.kernels.RnnPlans;
import lstmgpu.backend.kernels.WeightCopies;
import lstmgpu.files.CacheFolder;

/**
 * Recurrent plans: whole sequences in one launch where {@link SequencePlans} takes them, else cuDNN or the fused
 * kernels as {@link RnnChoice} decides.
 */
final class CudaPlans implements RnnPlans {
    private final CudaDevice device;
    private final CudaLibrary cudnn;
    private final SequencePlans sequence;
    private final TokenStreams streams;
    private final Consumer<String> notice;
    private final Path cache = CacheFolder.of(System.getenv());
    private RnnChoice choice;
    private WeightCopies copies;

    /** @param notice hears why a plan is not computed as it was asked for */
    CudaPlans(CudaDevice device, CudaLibrary cudnn, Consumer<String> notice) {
        this.device = device;
        this.cudnn = cudnn;
        this.notice = notice;
        this.streams = new TokenStreams(device, notice);
        this.sequence = new SequencePlans(device, cache, notice);
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
        if (sequence.takes(spec)) {
            return sequence(backend, spec, clock, sequence.newLoop(spec));
        }
        return choice().isCudnn(spec) ? choice().newCudnnPlan(spec, clock) : fused(backend, spec, clock);
    }

    private static RnnPlan sequence(KernelBackend backend, RnnSpec spec, StepClock clock, LayerLoop loop) {
        WeightCopies copies = backend.weightCopies();
        try {
            return new LayeredRnnPlan(spec, new KernelRnn(backend.kernelDevice(), spec, clock, copies::of, loop));
        } catch (RuntimeException failure) {
            loop.close();
            throw failure;
        }
    }

    private static RnnPlan fused(KernelBackend backend, RnnSpec spec, StepClock clock) {
        WeightCopies copies = backend.weightCopies();
        return new LayeredRnnPlan(spec, new KernelRnn(backend.kernelDevice(), spec, clock, copies::of));
    }

    @Override
    public boolean drawsTokens(RnnSpec spec, int vocabulary) {
        return streams.fits(spec, vocabulary);
    }

    @Override
    public TokenLoop newTokenLoop(KernelBackend backend, TokenLoop.Network network, TokenLoop.Draws draws, int limit) {
        return network.outputWeight() == null ? null : streams.newLoop(backend, network, draws, limit);
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
            return sequence.fits(features) || choice().cudnnBytes(features) < 0;
        }

        @Override
        public RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock) {
            if (sequence.fits(spec)) {
                LayerLoop loop =
                        new CountedLoop(backend.kernelDevice().alloc(ElementType.FLOAT32, sequence.words(spec)));
                return sequence(backend, spec, clock, loop);
            }
            long bytes = choice().cudnnBytes(spec);
            return bytes < 0
                    ? fused(backend, spec, clock)
                    : new CountedPlan(spec, backend.alloc(ElementType.FLOAT32, bytes / Float.BYTES));
        }

        @Override
        public boolean drawsTokens(RnnSpec spec, int vocabulary) {
            return streams.fits(spec, vocabulary);
        }

        @Override
        public TokenLoop newTokenLoop(
                KernelBackend backend, TokenLoop.Network network, TokenLoop.Draws draws, int limit) {
            return network.outputWeight() == null ? null : streams.newCountedLoop(backend, network, draws, limit);
        }

        @Override
        public RnnPlans counting() {
            return this;
        }
    }

    /** Holds what a loop of whole sequences holds, and computes nothing. */
    private record CountedLoop(KernelBuffer memory) implements LayerLoop {
        @Override
        public void forward(
                KernelBuffer input,
                KernelBuffer tokens,
                KernelBuffer weights,
                KernelBuffer inputBias,
                KernelBuffer recurrentBias,
                LayerSequence states) {}

        @Override
        public void backward(KernelBuffer dy, KernelBuffer weights, LayerSequence states) {}

        @Override
        public void close() {
            memory.close();
        }
    }

    /** Made when first asked for, since cuDNN takes a while to start. The copies are there with the first plan. */
    private RnnChoice choice() {
        if (choice == null) {
            choice = cudnn.isUsable()
                    ? new RnnChoice(() -> new CudnnPlans(device, cache, weights -> copies.of(weights), notice), notice)
                    : new RnnChoice(cudnn.refusal());
            device.onClose(choice::close);
        }
        return choice;
    }
}
