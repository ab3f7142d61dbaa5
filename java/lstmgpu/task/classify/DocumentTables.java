package lstmgpu.task.classify;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.network.Batch;
import lstmgpu.network.SequenceTables;

/** Documents in device memory: the tokens of all, one behind the other, and the class and the weight of each. */
final class DocumentTables implements SequenceTables {
    private final Backend backend;
    private final List<DeviceBuffer> open = new ArrayList<>();
    private final DeviceBuffer tokens;
    private final DeviceBuffer classes;
    private final DeviceBuffer weights;

    /** @param weights of the classes; empty where all count alike */
    DocumentTables(Backend backend, EncodedDocuments documents, List<Float> weights) {
        this.backend = backend;
        try {
            this.tokens = table(documents.tokens());
            this.classes = table(documents.classes());
            this.weights = weights.isEmpty() ? null : weights(documents, weights);
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private DeviceBuffer table(int... values) {
        DeviceBuffer buffer = alloc(ElementType.INT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    private DeviceBuffer weights(EncodedDocuments documents, List<Float> ofClasses) {
        float[] values = new float[documents.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ofClasses.get(documents.classes()[i]);
        }
        DeviceBuffer buffer = alloc(ElementType.FLOAT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    private DeviceBuffer alloc(ElementType type, long length) {
        DeviceBuffer buffer = backend.alloc(type, length);
        open.add(buffer);
        return buffer;
    }

    @Override
    public boolean weighs() {
        return weights != null;
    }

    @Override
    public void fill(Batch batch, DeviceBuffer rows, DeviceBuffer sequences) {
        backend.texts().take(tokens, rows, batch.inputs());
        if (batch.targets() != null) {
            backend.texts().take(classes, sequences, batch.targets());
        }
        if (batch.weights() != null) {
            backend.layers().embed(weights, sequences, 1, batch.weights());
        }
    }

    @Override
    public void close() {
        open.reversed().forEach(DeviceBuffer::close);
        open.clear();
    }
}
