package lstmgpu.task.forecast;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.network.Batch;
import lstmgpu.network.SequenceTables;

/** The steps of series on a device: what is read at each, what is to be predicted, and how much that counts. */
final class SeriesTables implements SequenceTables {
    private final Backend backend;
    private final int features;
    private final int targets;
    private final DeviceBuffer featureTable;
    private final DeviceBuffer targetTable;
    private final DeviceBuffer weightTable;

    /**
     * @param judged whether targets are wanted, of which those that are NaN weigh 0
     * @param weight of the others
     */
    SeriesTables(Backend backend, WindowRows rows, boolean judged, float weight) {
        this.backend = backend;
        this.features = rows.model().features();
        this.targets = rows.model().windows().targets();
        DeviceBuffer read = null;
        DeviceBuffer predicted = null;
        DeviceBuffer counted = null;
        try {
            read = uploaded(rows.features());
            if (judged) {
                float[] values = rows.targets();
                float[] weights = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    weights[i] = Float.isNaN(values[i]) ? 0 : weight;
                    values[i] = Float.isNaN(values[i]) ? 0 : values[i];
                }
                predicted = uploaded(values);
                counted = uploaded(weights);
            }
        } catch (RuntimeException | Error failure) {
            close(read, predicted, counted);
            throw failure;
        }
        this.featureTable = read;
        this.targetTable = predicted;
        this.weightTable = counted;
    }

    private DeviceBuffer uploaded(float... values) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, values.length);
        try {
            backend.upload(values, buffer);
            return buffer;
        } catch (RuntimeException | Error failure) {
            buffer.close();
            throw failure;
        }
    }

    @Override
    public boolean weighs() {
        return weightTable != null;
    }

    @Override
    public void fill(Batch batch, DeviceBuffer rows, DeviceBuffer sequences) {
        backend.layers().embed(featureTable, rows, features, batch.inputs());
        if (batch.targets() != null) {
            backend.layers().embed(targetTable, rows, targets, batch.targets());
            backend.layers().embed(weightTable, rows, targets, batch.weights());
        }
    }

    @Override
    public void close() {
        close(featureTable, targetTable, weightTable);
    }

    private static void close(DeviceBuffer... buffers) {
        for (DeviceBuffer buffer : buffers) {
            if (buffer != null) {
                buffer.close();
            }
        }
    }
}
