package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
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
import lstmgpu.backend.TokenLoop;

/** All operations as launches of the portable kernels, on any {@link KernelDevice}. */
public final class KernelBackend implements Backend {
    /** A table pays where each of its rows stands for at least so many tokens. */
    private static final long TOKENS_PER_TABLE_ROW = 2;

    private static final int DRAWS_AT_ONCE = 16; // A token costs about as much as the host needs to hear of it.

    private final KernelDevice device;
    private final RnnPlans plans;
    private final WeightCopies weights;
    private final Fill fill;
    private final Batch batch;
    private final Embedding embedding;
    private final TokenGradient tokenGradient;
    private final Linear linear;
    private final Dropout dropout;
    private final SoftmaxCrossEntropy softmaxCrossEntropy;
    private final SquaredError squaredError;
    private final SumOfSquares sumOfSquares;
    private final Optimizer optimizer;
    private final Sampler sampler;

    /** @param device closed with the backend */
    public KernelBackend(KernelDevice device, RnnPlans plans) {
        this.device = device;
        this.plans = plans;
        weights = new WeightCopies(device);
        fill = new Fill(device);
        batch = new Batch(device);
        embedding = new Embedding(device);
        tokenGradient = new TokenGradient(device);
        linear = new Linear(device, weights);
        dropout = new Dropout(device);
        softmaxCrossEntropy = new SoftmaxCrossEntropy(device);
        squaredError = new SquaredError(device);
        sumOfSquares = new SumOfSquares(device);
        optimizer = new Optimizer(device, weights);
        sampler = new Sampler(device);
    }

    /** What the operations run on, for plans. */
    public KernelDevice kernelDevice() {
        return device;
    }

    /** The rounded copies of this backend's weights, for plans. */
    public WeightCopies weightCopies() {
        return weights;
    }

    @Override
    public DeviceInfo device() {
        return device.info();
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        weights.releaseClosed();
        return device.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        KernelBuffer to = KernelArguments.floats(target, source.length, "target");
        device.upload(source, to);
        weights.refresh(to);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        device.upload(source, KernelArguments.ints(target, source.length, "target"));
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        device.download(KernelArguments.floats(source, target.length, "source"), target);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        device.download(KernelArguments.ints(source, target.length, "source"), target);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        KernelBuffer to = KernelArguments.floats(target, 0, "target");
        fill.with(to, value);
        weights.refresh(to);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        KernelBuffer from = KernelArguments.check(source, source.type(), 0, "source");
        KernelBuffer to = KernelArguments.check(target, source.type(), source.length(), "target");
        device.copy(from, to);
        if (to.type() == ElementType.FLOAT32) {
            weights.refresh(to);
        }
    }

    @Override
    public void synchronize() {
        device.synchronize();
    }

    @Override
    public long allocatedBytes() {
        weights.releaseClosed();
        return device.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        return device.freeBytes();
    }

    @Override
    public Backend counting() {
        return new KernelBackend(new CountedDevice(device), plans.counting());
    }

    @Override
    public Step capture(Runnable body) {
        return device.capture(body);
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new KernelCorpus(device, tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets) {
        batch.gather(corpus, spec, BatchShare.whole(spec.batch()), clock, inputs, targets);
    }

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {
        embedding.gather(table, tokens, embeddingSize, out);
    }

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {
        KernelBuffer ids = KernelArguments.ints(tokens, 0, "tokens");
        KernelBuffer rows = KernelArguments.floats(dOut, Math.multiplyExact(ids.length(), embeddingSize), "dOut");
        KernelBuffer table = KernelArguments.floats(dTable, embeddingSize, "dTable");
        tokenGradient.add(rows, ElementType.FLOAT32, ids, embeddingSize, table);
    }

    @Override
    public void linear(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer b,
            int rows,
            int inputSize,
            int outputSize,
            Precision precision,
            DeviceBuffer y) {
        linear.forward(x, w, b, rows, inputSize, outputSize, precision, y);
    }

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
            DeviceBuffer db) {
        linear.backward(x, w, dy, rows, inputSize, outputSize, precision, dx, addToDx, dw, db);
    }

    @Override
    public void dropout(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y) {
        dropout.apply(x, p, seed, stream, clock, y);
    }

    @Override
    public void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {
        softmaxCrossEntropy.apply(logits, targets, vocabulary, scale, losses, dLogits, best);
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        squaredError.apply(prediction, target, scale, losses, dPrediction);
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        sumOfSquares.recordMean(losses, clock, history);
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        sumOfSquares.sum(x, out);
    }

    @Override
    public void optimizerStep(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared) {
        optimizer.step(spec, clock, parameters, gradients, firstMoment, secondMoment, normSquared);
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        batch.advance(clock, stepsPerEpoch);
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingSpec spec,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        sampler.draw(logits, vocabulary, spec, clock, history, tokens);
    }

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Drawing drawing, IntConsumer body, int limit) {
        TokenLoop loop = plans.newTokenLoop(this, network, drawing, limit);
        return loop == null ? Backend.super.newTokenLoop(network, drawing, body, limit) : loop;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return plans.layout(shape);
    }

    @Override
    public int drawsAtOnce() {
        return DRAWS_AT_ONCE;
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        KernelArguments.storage(spec.precision());
        return TOKENS_PER_TABLE_ROW * vocabulary <= tokens && plans.takesTable(spec)
                || plans.drawsTokens(spec, vocabulary);
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        if (clock == null && spec.drops()) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        KernelArguments.storage(spec.precision());
        return plans.create(this, spec, clock);
    }

    /** Frees everything: the device knows all that was allocated. */
    @Override
    public void close() {
        device.close();
    }
}
