package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.StepClock;

/** {@link Layers} on all cores. */
final class CpuLayers implements Layers, AutoCloseable {
    private final WorkerPool pool;
    private final Embedding embedding;
    private final Linear linear;
    private final LinearGradient linearGradient;
    private final Bfloat16Unit unit;
    private final Bfloat16Scratch scratch;
    private final Bfloat16Linear roundedLinear;
    private final Bfloat16LinearGradient roundedLinearGradient;
    private final Dropout dropout;
    private final TokenMask tokenMask;
    private final Directions directions;
    private final Pool sequencePool;

    /** @param unit multiplies in bfloat16; null where nothing does */
    CpuLayers(WorkerPool pool, CpuMemory memory, Bfloat16Unit unit) {
        this.pool = pool;
        this.unit = unit;
        scratch = new Bfloat16Scratch(memory);
        roundedLinear = unit == null ? null : new Bfloat16Linear(unit, scratch);
        roundedLinearGradient = unit == null ? null : new Bfloat16LinearGradient(unit, scratch);
        embedding = new Embedding();
        linear = new Linear();
        linearGradient = new LinearGradient();
        dropout = new Dropout();
        tokenMask = new TokenMask();
        directions = new Directions();
        sequencePool = new Pool();
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
    public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec all, DeviceBuffer y) {
        CpuBackend.require(all.precision(), unit);
        LinearSpec spec = CpuArguments.counted(all);
        if (spec.rows() == 0) {
            return;
        }
        if (Bfloat16Linear.suits(spec)) {
            roundedLinear.of(x, w, b, spec, y);
            pool.run(roundedLinear.rounding(spec));
            pool.run(roundedLinear);
        } else {
            pool.run(linear.of(x, w, b, spec, y));
        }
    }

    @Override
    public void linearGrad(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            LinearSpec all,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db) {
        CpuBackend.require(all.precision(), unit);
        LinearSpec spec = CpuArguments.counted(all);
        if (spec.rows() == 0) {
            return;
        }
        if (Bfloat16Linear.suits(spec)) {
            roundedLinearGradient.of(x, w, dy, spec).into(dx, addToDx, dw, db);
            pool.run(roundedLinearGradient.rounding(spec));
            pool.run(roundedLinearGradient);
        } else {
            pool.run(linearGradient.of(x, w, dy, spec).into(dx, addToDx, dw, db));
        }
    }

    @Override
    public void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {
        CpuBuffer in = CpuArguments.floats(x, 0, "x");
        CpuBuffer out = CpuArguments.floats(y, in.length(), "y");
        mask.check(in.length());
        pool.run(dropout.of(in, mask, CpuArguments.counter(clock, StepClock.STEP), out));
    }

    @Override
    public void tokenMask(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors) {
        CpuBuffer ids = CpuArguments.ints(tokens, 0, "tokens");
        CpuBuffer out = CpuArguments.floats(factors, ids.length(), "factors");
        pool.run(tokenMask.of(ids, mask, CpuArguments.counter(clock, StepClock.STEP), out));
    }

    @Override
    public void reverse(
            DeviceBuffer x, DeviceBuffer lengths, int steps, int sequences, int width, boolean addToY, DeviceBuffer y) {
        pool.run(directions.reverse(x, lengths, steps, sequences, width, addToY, y));
    }

    @Override
    public void joinDirections(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer lengths, int steps, int sequences, int width, DeviceBuffer y) {
        pool.run(directions.join(f, r, lengths, steps, sequences, width, y));
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
        pool.run(directions.split(dy, lengths, steps, sequences, width, df, dr));
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
        pool.run(sequencePool.forward(pooling, y, lengths, steps, sequences, width, out));
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
        pool.run(sequencePool.backward(pooling, dOut, y, lengths, steps, sequences, width, dy));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
