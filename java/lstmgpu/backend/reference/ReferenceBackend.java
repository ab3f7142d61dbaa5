package lstmgpu.backend.reference;

import java.lang.foreign.MemorySegment;
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
import lstmgpu.backend.counted.CountedBackend;

/** The contract in plain loops and float64; slow, and what the other backends are compared with. */
public class ReferenceBackend implements Backend {
    final ReferenceMemory memory = new ReferenceMemory();

    @Override
    public DeviceInfo device() {
        return memory.device();
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return memory.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        memory.write(ReferenceArrays.toDoubles(source), target);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        memory.write(source, target);
    }

    /** Unrounded. */
    public void upload(double[] source, DeviceBuffer target) {
        memory.write(source, target);
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        double[] exact = new double[target.length];
        memory.read(source, exact);
        System.arraycopy(ReferenceArrays.toFloats(exact), 0, target, 0, target.length);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        memory.read(source, target);
    }

    /** {@link #download(DeviceBuffer, float[])}, unrounded. */
    public void download(DeviceBuffer source, double[] target) {
        memory.read(source, target);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        memory.fill(target, value);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        memory.copy(source, target);
    }

    @Override
    public void synchronize() {
        memory.requireOpen();
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public Backend counting() {
        return new CountedBackend(this, Double.BYTES, ReferenceRnnPlan::bytes);
    }

    @Override
    public Step capture(Runnable body) {
        memory.requireOpen();
        return Step.of(body);
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new ReferenceCorpus(memory, tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets) {
        if (!(corpus instanceof ReferenceCorpus text) || !text.belongsTo(memory)) {
            throw new IllegalArgumentException("the corpus is not one of this backend");
        }
        long tokens = (long) spec.steps() * spec.batch();
        text.gather(
                spec,
                counter(clock, StepClock.EPOCH_STEP),
                counter(clock, StepClock.EPOCH),
                memory.ints(inputs, tokens, "inputs"),
                memory.ints(targets, tokens, "targets"));
    }

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {
        ReferenceBuffer n = memory.ints(tokens, 0, "tokens");
        ReferenceLayers.embed(
                memory.floats(table, embeddingSize, "table"),
                n,
                embeddingSize,
                memory.floats(out, n.length() * embeddingSize, "out"));
    }

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {
        ReferenceBuffer n = memory.ints(tokens, 0, "tokens");
        ReferenceLayers.embedGrad(
                memory.floats(dOut, n.length() * embeddingSize, "dOut"),
                n,
                embeddingSize,
                memory.floats(dTable, embeddingSize, "dTable"));
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
        ReferenceLayers.linear(
                memory.floats(x, (long) rows * inputSize, "x"),
                memory.floats(w, (long) outputSize * inputSize, "w"),
                memory.optionalFloats(b, outputSize, "b"),
                rows,
                inputSize,
                outputSize,
                memory.floats(y, (long) rows * outputSize, "y"));
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
        ReferenceBuffer in = memory.floats(x, (long) rows * inputSize, "x");
        ReferenceBuffer weight = memory.floats(w, (long) outputSize * inputSize, "w");
        ReferenceBuffer slope = memory.floats(dy, (long) rows * outputSize, "dy");
        ReferenceBuffer dIn = memory.optionalFloats(dx, (long) rows * inputSize, "dx");
        ReferenceBuffer dWeight = memory.floats(dw, (long) outputSize * inputSize, "dw");
        ReferenceBuffer dBias = memory.optionalFloats(db, outputSize, "db");
        ReferenceLayers.linearInputGrad(weight, slope, rows, inputSize, outputSize, dIn, addToDx);
        ReferenceLayers.linearWeightGrad(in, slope, rows, inputSize, outputSize, dWeight, dBias);
    }

    @Override
    public void dropout(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y) {
        ReferenceBuffer in = memory.floats(x, 0, "x");
        ReferenceBuffer out = memory.floats(y, in.length(), "y");
        ReferenceLayers.dropout(in, p, seed, stream, counter(clock, StepClock.STEP), out);
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
        ReferenceBuffer wanted = memory.ints(targets, 0, "targets");
        long rows = wanted.length();
        ReferenceLoss.softmaxCrossEntropy(
                memory.floats(logits, rows * vocabulary, "logits"),
                wanted,
                vocabulary,
                scale,
                memory.floats(losses, rows, "losses"),
                memory.optionalFloats(dLogits, rows * vocabulary, "dLogits"),
                best == null ? null : memory.ints(best, rows, "best"));
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        ReferenceBuffer x = memory.floats(prediction, 0, "prediction");
        ReferenceLoss.squaredError(
                x,
                memory.floats(target, x.length(), "target"),
                scale,
                memory.floats(losses, x.length(), "losses"),
                memory.optionalFloats(dPrediction, x.length(), "dPrediction"));
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        ReferenceBuffer places = memory.floats(history, 1, "history");
        places.set(
                (int) (counter(clock, StepClock.STEP) % places.length()),
                ReferenceLoss.mean(memory.floats(losses, 1, "losses")));
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        memory.floats(out, 1, "out").set(0, ReferenceLoss.sumOfSquares(memory.floats(x, 0, "x")));
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
        ReferenceBuffer p = memory.floats(parameters, 0, "parameters");
        ReferenceBuffer g = memory.floats(gradients, p.length(), "gradients").slice(0, p.length());
        ReferenceBuffer m = spec.usesFirstMoment() ? memory.floats(firstMoment, p.length(), "firstMoment") : null;
        ReferenceBuffer v = spec.usesSecondMoment() ? memory.floats(secondMoment, p.length(), "secondMoment") : null;
        double norm = memory.floats(normSquared, 1, "normSquared").get(0);
        int step = counter(clock, StepClock.STEP);
        double rate = memory.floats(clock.rates(), StepClock.RATES, "rates").get(step % StepClock.RATES);
        if (Double.isFinite(norm)) {
            new ReferenceOptimizer(spec, step + 1, rate, norm, m, v).update(p, g);
        }
        memory.fill(g, 0);
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        ReferenceCorpus.advance(memory.ints(clock.counters(), 3, "clock"), stepsPerEpoch);
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingSpec spec,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        ReferenceBuffer drawn = memory.ints(tokens, 1, "tokens");
        ReferenceBuffer ring = memory.ints(history, drawn.length(), "history");
        ReferenceBuffer z = memory.floats(logits, drawn.length() * vocabulary, "logits");
        new ReferenceSampler(spec).drawAll(z, vocabulary, counter(clock, StepClock.STEP), ring, drawn);
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return false;
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(device().backend());
        ReferenceCell cell = ReferenceCell.of(spec.shape().cell());
        return new ReferenceRnnPlan(memory, spec, clock, cell);
    }

    @Override
    public void close() {
        memory.close();
    }

    private int counter(StepClock clock, int place) {
        return memory.ints(clock.counters(), 3, "clock").getInt(place);
    }
}
