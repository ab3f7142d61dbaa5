package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;

/** {@link Layers} as launches of the portable kernels. */
final class KernelLayers implements Layers {
    private final Embedding embedding;
    private final TokenGradient tokenGradient;
    private final Linear linear;
    private final Dropout dropout;

    KernelLayers(KernelDevice device, WeightCopies weights) {
        embedding = new Embedding(device);
        tokenGradient = new TokenGradient(device);
        linear = new Linear(device, weights);
        dropout = new Dropout(device);
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
}
