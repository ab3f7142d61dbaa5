package lstmgpu.backend.cpu;

import java.lang.foreign.MemorySegment;
import lstmgpu.Count;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.DevicePeak;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
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
import lstmgpu.backend.counted.CountedBackend;

/** All cores of this machine, in float32: products by OpenBLAS, the rest by loops that the JIT compiler vectorises. */
public final class CpuBackend implements Backend {
    private final CpuMemory memory = new CpuMemory();
    private final WorkerPool pool;
    private final Embedding embedding = new Embedding();
    private final Linear linear = new Linear();
    private final LinearGradient linearGradient = new LinearGradient();
    private final Dropout dropout = new Dropout();
    private final SoftmaxCrossEntropy softmaxCrossEntropy = new SoftmaxCrossEntropy();
    private final SquaredError squaredError = new SquaredError();
    private final SumOfSquares sumOfSquares = new SumOfSquares();
    private final OptimizerPass optimizer = new OptimizerPass();
    private final Sampler sampler = new Sampler();

    /**
     * @param threads at least 1
     * @throws lstmgpu.LstmGpuException with exit code 1 if OpenBLAS cannot be loaded
     */
    public CpuBackend(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        OpenBlasFiles.load();
        pool = new WorkerPool(threads);
    }

    @Override
    public DeviceInfo device() {
        String detail = "%s, OpenBLAS for %s, float32".formatted(Count.of(pool.size(), "thread"), OpenBlas.processor());
        return new DeviceInfo("cpu", CpuName.read(), detail, CpuMemory.totalBytes());
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return memory.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        CpuArguments.floats(target, source.length, "target").write(source, 0, 0, source.length);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        CpuArguments.ints(target, source.length, "target").write(source, 0, 0, source.length);
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        CpuArguments.floats(source, target.length, "source").read(0, target, 0, target.length);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        CpuArguments.ints(source, target.length, "source").read(0, target, 0, target.length);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        CpuArguments.floats(target, 0, "target").fill(value);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        CpuBuffer from = CpuArguments.check(source, source.type(), source.length(), "source");
        from.copyTo(0, CpuArguments.check(target, source.type(), source.length(), "target"), 0, source.length());
    }

    @Override
    public void synchronize() {
        // Every operation has ended when its call returns.
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        return memory.freeBytes();
    }

    @Override
    public DevicePeak measurePeak() {
        return PeakMeasurement.of(pool, memory);
    }

    @Override
    public Backend counting() {
        return new CountedBackend(this, Float.BYTES, RnnWorkspace::bytes);
    }

    @Override
    public Step capture(Runnable body) {
        return Step.of(body);
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new CpuCorpus(tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets) {
        if (!(corpus instanceof CpuCorpus own)) {
            throw new IllegalArgumentException("the corpus is not of the CPU backend");
        }
        own.gather(spec, counter(clock, StepClock.EPOCH_STEP), counter(clock, StepClock.EPOCH), inputs, targets);
    }

    private static int counter(StepClock clock, int place) {
        return CpuArguments.ints(clock.counters(), place + 1L, "clock").getInt(place);
    }

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {
        pool.run(embedding.of(table, tokens, embeddingSize, out, false));
    }

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {
        pool.run(embedding.of(dTable, tokens, embeddingSize, dOut, true));
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
        pool.run(linear.of(x, w, b, rows, inputSize, outputSize, y));
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
        pool.run(linearGradient.of(x, w, dy, rows, inputSize, outputSize).into(dx, addToDx, dw, db));
    }

    @Override
    public void dropout(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + p);
        }
        CpuBuffer in = CpuArguments.floats(x, 0, "x");
        CpuBuffer out = CpuArguments.floats(y, in.length(), "y");
        pool.run(dropout.of(in, p, seed, stream, counter(clock, StepClock.STEP), out));
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
        pool.run(softmaxCrossEntropy.of(logits, targets, vocabulary).into(losses, scale, dLogits, best));
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        CpuBuffer x = CpuArguments.floats(prediction, 0, "prediction");
        CpuBuffer t = CpuArguments.floats(target, x.length(), "target");
        CpuBuffer out = CpuArguments.floats(losses, x.length(), "losses");
        CpuBuffer slope = dPrediction == null ? null : CpuArguments.floats(dPrediction, x.length(), "dPrediction");
        pool.run(squaredError.of(x, t, scale, out, slope));
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        CpuBuffer from = CpuArguments.floats(losses, 1, "losses");
        CpuBuffer to = CpuArguments.floats(history, 1, "history");
        double sum = 0;
        for (long n = 0; n < from.length(); n++) {
            sum += from.getFloat(n);
        }
        to.setFloat(counter(clock, StepClock.STEP) % to.length(), (float) (sum / from.length()));
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        pool.run(sumOfSquares.of(CpuArguments.floats(x, 0, "x")));
        CpuArguments.floats(out, 1, "out").setFloat(0, (float) sumOfSquares.total());
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
        CpuBuffer weights = CpuArguments.floats(parameters, 0, "parameters");
        long length = weights.length();
        CpuBuffer dWeights = CpuArguments.floats(gradients, length, "gradients");
        CpuBuffer first = spec.usesFirstMoment() ? CpuArguments.floats(firstMoment, length, "firstMoment") : null;
        CpuBuffer second = spec.usesSecondMoment() ? CpuArguments.floats(secondMoment, length, "secondMoment") : null;
        float norm = CpuArguments.floats(normSquared, 1, "normSquared").getFloat(0);
        if (!Float.isFinite(norm)) {
            dWeights.clear();
            return;
        }
        int step = counter(clock, StepClock.STEP);
        float rate =
                CpuArguments.floats(clock.rates(), StepClock.RATES, "rates").getFloat(step % StepClock.RATES);
        pool.run(optimizer.of(weights, dWeights, first, second).at(spec, rate, step + 1, norm));
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        CpuBuffer counters = CpuArguments.ints(clock.counters(), 3, "clock");
        counters.setInt(StepClock.STEP, counters.getInt(StepClock.STEP) + 1);
        int epochStep = counters.getInt(StepClock.EPOCH_STEP) + 1;
        boolean epochEnds = epochStep == stepsPerEpoch;
        counters.setInt(StepClock.EPOCH_STEP, epochEnds ? 0 : epochStep);
        counters.setInt(StepClock.EPOCH, counters.getInt(StepClock.EPOCH) + (epochEnds ? 1 : 0));
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingSpec spec,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        pool.run(sampler.of(logits, vocabulary, spec, counter(clock, StepClock.STEP))
                .into(history, tokens));
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return 2L * vocabulary <= tokens;
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(device().backend());
        if (clock == null && spec.drops()) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        return new LayeredRnnPlan(spec, new CpuRnnSteps(spec, clock, memory, pool));
    }

    @Override
    public void close() {
        memory.close();
        pool.close();
    }
}
