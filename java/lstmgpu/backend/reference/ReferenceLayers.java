package lstmgpu.backend.reference;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.StepClock;

/** {@link Layers} in plain loops and float64. */
class ReferenceLayers implements Layers {
    final ReferenceMemory memory;

    ReferenceLayers(ReferenceMemory memory) {
        this.memory = memory;
    }

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {
        ReferenceBuffer n = memory.ints(tokens, 0, "tokens");
        ReferenceEmbedding.gather(
                memory.floats(table, embeddingSize, "table"),
                n,
                embeddingSize,
                memory.floats(out, n.length() * embeddingSize, "out"));
    }

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {
        ReferenceBuffer n = memory.ints(tokens, 0, "tokens");
        ReferenceEmbedding.add(
                memory.floats(dOut, n.length() * embeddingSize, "dOut"),
                n,
                embeddingSize,
                memory.floats(dTable, embeddingSize, "dTable"));
    }

    @Override
    public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
        ReferenceLinear.forward(
                memory.floats(x, (long) spec.rows() * spec.inputSize(), "x"),
                memory.floats(w, (long) spec.outputSize() * spec.inputSize(), "w"),
                memory.optionalFloats(b, spec.outputSize(), "b"),
                rowsThatCount(spec),
                spec.inputSize(),
                spec.outputSize(),
                memory.floats(y, (long) spec.rows() * spec.outputSize(), "y"));
    }

    @Override
    public void linearGrad(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            LinearSpec spec,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db) {
        ReferenceBuffer in = memory.floats(x, (long) spec.rows() * spec.inputSize(), "x");
        ReferenceBuffer weight = memory.floats(w, (long) spec.outputSize() * spec.inputSize(), "w");
        ReferenceBuffer slope = memory.floats(dy, (long) spec.rows() * spec.outputSize(), "dy");
        ReferenceBuffer dIn = memory.optionalFloats(dx, (long) spec.rows() * spec.inputSize(), "dx");
        ReferenceBuffer dWeight = memory.floats(dw, (long) spec.outputSize() * spec.inputSize(), "dw");
        ReferenceBuffer dBias = memory.optionalFloats(db, spec.outputSize(), "db");
        int rows = rowsThatCount(spec);
        ReferenceLinear.inputGrad(weight, slope, rows, spec.inputSize(), spec.outputSize(), dIn, addToDx);
        ReferenceLinear.weightGrad(in, slope, rows, spec.inputSize(), spec.outputSize(), dWeight, dBias);
    }

    private int rowsThatCount(LinearSpec spec) {
        return spec.counted() == null
                ? spec.rows()
                : spec.counted()
                        .of(
                                spec.rows(),
                                memory.ints(spec.counted().count(), 1, "count").getInt(0));
    }

    @Override
    public void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {
        ReferenceBuffer in = memory.floats(x, 0, "x");
        ReferenceBuffer out = memory.floats(y, in.length(), "y");
        int step = memory.counter(clock, StepClock.STEP);
        mask.check(in.length());
        int row = mask.sequences() * mask.width();
        int wholeRow = mask.share().all() * mask.width();
        int before = mask.share().first() * mask.width();
        for (int i = 0; i < in.length(); i++) {
            int drawn = mask.locked() ? 0 : i / row;
            long element = (long) drawn * wholeRow + before + i % row;
            out.set(
                    i,
                    in.get(i)
                            * ReferenceRandom.dropoutFactor(
                                    mask.probability(), mask.seed(), mask.stream(), step, element));
        }
    }

    @Override
    public void tokenMask(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors) {
        ReferenceBuffer ids = memory.ints(tokens, 0, "tokens");
        ReferenceBuffer out = memory.floats(factors, ids.length(), "factors");
        int step = memory.counter(clock, StepClock.STEP);
        for (int n = 0; n < ids.length(); n++) {
            out.set(
                    n,
                    ReferenceRandom.dropoutFactor(mask.probability(), mask.seed(), mask.stream(), step, ids.getInt(n)));
        }
    }

    @Override
    public void reverse(
            DeviceBuffer x, DeviceBuffer lengths, int steps, int sequences, int width, boolean addToY, DeviceBuffer y) {
        new ReferenceSequences(memory, lengths, steps, sequences, width, 0).reverse(x, addToY, y);
    }

    @Override
    public void joinDirections(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer lengths, int steps, int sequences, int width, DeviceBuffer y) {
        new ReferenceSequences(memory, lengths, steps, sequences, width, 0).join(f, r, y);
    }

    @Override
    public void splitDirections(
            DeviceBuffer dy,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer df,
            DeviceBuffer dr) {
        new ReferenceSequences(memory, lengths, steps, sequences, width, 0).split(dy, df, dr);
    }

    @Override
    public void pool(
            Pooling pooling,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer out) {
        new ReferenceSequences(memory, lengths, steps, sequences, width, 1).pool(pooling, y, out);
    }

    @Override
    public void poolGrad(
            Pooling pooling,
            DeviceBuffer dOut,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer dy) {
        new ReferenceSequences(memory, lengths, steps, sequences, width, 1).poolGrad(pooling, dOut, y, dy);
    }
}
