package lstmgpu.network;

import java.util.List;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Losses;

/** Real values of every step, or their quantiles, and the error of each. */
final class ValuesLayer extends HeadLayer {
    private final ValueLoss loss;
    private final int width;
    private final DeviceBuffer quantiles;
    private final LinearSpec all;
    private final DeviceBuffer predictions;
    private final DeviceBuffer losses;

    ValuesLayer(
            Network network, Resources memory, Head.Values head, Batch.Form form, Batch batch, DeviceBuffer gradients) {
        super(network, memory, form, batch, gradients);
        this.loss = head.loss();
        this.width = loss.predictions();
        this.quantiles = loss instanceof ValueLoss.Quantiles some ? quantiles(memory, some.levels()) : null;
        this.all = projection(rows);
        long values = Math.multiplyExact((long) rows, (long) size);
        this.predictions = memory.alloc(ElementType.FLOAT32, values);
        this.losses = batch.targets() == null ? null : memory.alloc(ElementType.FLOAT32, values);
    }

    private DeviceBuffer quantiles(Resources memory, List<Float> levels) {
        DeviceBuffer buffer = memory.alloc(ElementType.FLOAT32, levels.size());
        float[] values = new float[levels.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = levels.get(i);
        }
        backend.upload(values, buffer);
        return buffer;
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
        project(y, all, predictions);
    }

    @Override
    DeviceBuffer predictions() {
        return predictions;
    }

    @Override
    void judge(DeviceBuffer y) {
        predict(y);
        error(1, null);
    }

    @Override
    void differentiate(DeviceBuffer y, float smoothing) {
        predict(y);
        error(1.0f / ((long) allRows * size), predictions);
        weigh(predictions, batch.weights(), width);
        projectBack(y, predictions, all, outputGradient());
    }

    private void error(float scale, DeviceBuffer dPredictions) {
        Losses errors = backend.losses();
        DeviceBuffer targets = batch.targets();
        switch (loss) {
            case ValueLoss.Squared _ -> errors.squaredError(predictions, targets, scale, losses, dPredictions);
            case ValueLoss.Absolute _ -> errors.huberError(predictions, targets, 0, scale, losses, dPredictions);
            case ValueLoss.Huber huber ->
                errors.huberError(predictions, targets, huber.delta(), scale, losses, dPredictions);
            case ValueLoss.Quantiles _ ->
                errors.quantileError(predictions, targets, quantiles, scale, losses, dPredictions);
        }
        weigh(losses, batch.weights(), width);
    }
}
