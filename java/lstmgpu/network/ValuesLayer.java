package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Real values of every step and the squared error of each. */
final class ValuesLayer extends HeadLayer {
    private final DeviceBuffer predictions;
    private final DeviceBuffer losses;

    ValuesLayer(Network network, Resources memory, int rows, DeviceBuffer targets, DeviceBuffer gradients) {
        super(network, memory, rows, targets, gradients);
        long values = Math.multiplyExact((long) rows, (long) size);
        this.predictions = memory.alloc(ElementType.FLOAT32, values);
        this.losses = targets == null ? null : memory.alloc(ElementType.FLOAT32, values);
    }

    @Override
    DeviceBuffer losses() {
        return losses;
    }

    @Override
    DeviceBuffer best() {
        return null;
    }

    @Override
    void predict(DeviceBuffer y) {
        project(y, rows, predictions);
    }

    @Override
    DeviceBuffer predictions() {
        return predictions;
    }

    @Override
    void judge(DeviceBuffer y) {
        predict(y);
        backend.losses().squaredError(predictions, targets, 1, losses, null);
    }

    @Override
    void differentiate(DeviceBuffer y) {
        predict(y);
        backend.losses().squaredError(predictions, targets, 1.0f / losses.length(), losses, predictions);
        projectBack(y, predictions, rows, outputGradient());
    }
}
