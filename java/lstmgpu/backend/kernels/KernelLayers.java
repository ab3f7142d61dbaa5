package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.StepClock;

/** {@link Layers} as launches of the portable kernels. */
final class KernelLayers implements Layers {
    private final Embedding embedding;
    private final TokenGradient tokenGradient;
    private final Linear linear;
    private final WeightCopies weights;
    private final Dropout dropout;
    private final TokenMask tokenMask;
    private final Directions directions;
    private final Pool pool;

    KernelLayers(KernelDevice device, WeightCopies weights) {
        this.weights = weights;
        embedding = new Embedding(device);
        tokenGradient = new TokenGradient(device);
        linear = new Linear(device, weights);
        dropout = new Dropout(device);
        tokenMask = new TokenMask(device);
        directions = new Directions(device);
        pool = new Pool(device);
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
    public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
        linear.forward(x, w, b, spec, y);
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
        linear.backward(x, w, dy, spec, dx, addToDx, dw, db);
    }

    @Override
    public void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {
        weights.refresh(dropout.apply(x, mask, clock, y));
    }

    @Override
    public void tokenMask(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors) {
        tokenMask.apply(tokens, mask, clock, factors);
    }

    @Override
    public void reverse(
            DeviceBuffer x, DeviceBuffer lengths, int steps, int sequences, int width, boolean addToY, DeviceBuffer y) {
        directions.reverse(x, lengths, steps, sequences, width, addToY, y);
    }

    @Override
    public void joinDirections(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer lengths, int steps, int sequences, int width, DeviceBuffer y) {
        directions.join(f, r, lengths, steps, sequences, width, y);
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
        directions.split(dy, lengths, steps, sequences, width, df, dr);
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
        pool.forward(pooling, y, lengths, steps, sequences, width, out);
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
        pool.backward(pooling, dOut, y, lengths, steps, sequences, width, dy);
    }
}
