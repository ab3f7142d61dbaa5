package lstmgpu.backend.counted;

import java.lang.foreign.MemorySegment;
import java.util.function.ToLongFunction;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/** The twin of a backend in the host's memory: operations take none, and a text is read where it lies. */
public final class CountedBackend implements Backend {
    private final Backend like;
    private final int floatBytes;
    private final ToLongFunction<RnnSpec> planBytes;
    private final MemoryCount count = new MemoryCount(bytes -> bytes);

    /**
     * @param floatBytes of an element of FLOAT32
     * @param planBytes what a plan holds
     */
    public CountedBackend(Backend like, int floatBytes, ToLongFunction<RnnSpec> planBytes) {
        this.like = like;
        this.floatBytes = floatBytes;
        this.planBytes = planBytes;
    }

    /** A text of which only the length is asked. */
    private record Text(long length) implements TokenCorpus {
        @Override
        public void close() {}
    }

    @Override
    public DeviceInfo device() {
        return like.device();
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return CountedBuffer.in(count, type, length, type == ElementType.FLOAT32 ? floatBytes : type.bytes());
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {}

    @Override
    public void upload(int[] source, DeviceBuffer target) {}

    @Override
    public void download(DeviceBuffer source, float[] target) {}

    @Override
    public void download(DeviceBuffer source, int[] target) {}

    @Override
    public void fill(DeviceBuffer target, float value) {}

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {}

    @Override
    public void synchronize() {}

    @Override
    public long allocatedBytes() {
        return count.most();
    }

    @Override
    public long freeBytes() {
        return like.freeBytes();
    }

    @Override
    public Backend counting() {
        return like.counting();
    }

    @Override
    public Step capture(Runnable body) {
        return Step.of(() -> {});
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new Text(tokens.byteSize() / bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets) {}

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {}

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {}

    @Override
    public void linear(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer b,
            int rows,
            int inputSize,
            int outputSize,
            Precision precision,
            DeviceBuffer y) {}

    @Override
    public void linearGrad(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            Precision precision,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db) {}

    @Override
    public void dropout(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y) {}

    @Override
    public void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {}

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {}

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {}

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {}

    @Override
    public void optimizerStep(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared) {}

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {}

    @Override
    public int drawsAtOnce() {
        return like.drawsAtOnce();
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingSpec spec,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {}

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return like.rnnLayout(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return like.prefersTable(spec, vocabulary, tokens);
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(device().backend());
        return new CountedPlan(spec, alloc(ElementType.FLOAT32, planBytes.applyAsLong(spec) / floatBytes));
    }

    @Override
    public void close() {}
}
