package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;

/** {@link Layers} on all cores. */
final class CpuLayers implements Layers {
    private final WorkerPool pool;
    private final Embedding embedding;
    private final Linear linear;
    private final LinearGradient linearGradient;
    private final Dropout dropout;

    CpuLayers(WorkerPool pool) {
        this.pool = pool;
        embedding = new Embedding();
        linear = new Linear();
        linearGradient = new LinearGradient();
        dropout = new Dropout();
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
        pool.run(dropout.of(in, p, seed, stream, CpuArguments.counter(clock, StepClock.STEP), out));
    }
}
