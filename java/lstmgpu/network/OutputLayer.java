package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;

/**
 * From the recurrent stack's output y [N,H] to the loss of every token, and back. It goes through the rows in chunks,
 * so that the logits never take more than {@link #LOGIT_BYTES}, whatever N and V are.
 */
final class OutputLayer implements AutoCloseable {
    static final long LOGIT_BYTES = 32L << 20;

    private record Chunk(
            int rows, DeviceBuffer y, DeviceBuffer dy, DeviceBuffer targets, DeviceBuffer losses, DeviceBuffer best) {}

    private final Backend backend;
    private final int rows;
    private final int chunkRows;
    private final int hiddenSize;
    private final int vocabularySize;
    private final Precision precision;
    private final DeviceBuffer weight;
    private final DeviceBuffer bias;
    private final DeviceBuffer weightGradient;
    private final DeviceBuffer biasGradient;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer best;
    private final DeviceBuffer outputGradient;
    private final DeviceBuffer targets;
    private Chunk[] chunks = {};
    private DeviceBuffer chunked;

    /**
     * @param targets INT32 [N]
     * @param gradients of all parameters; null when not training
     */
    OutputLayer(LanguageModel model, DeviceBuffer targets, DeviceBuffer gradients, long logitBytes) {
        this.backend = model.backend();
        this.targets = targets;
        this.rows = Math.toIntExact(targets.length());
        this.hiddenSize = model.config().hiddenSize();
        this.vocabularySize = model.config().vocabularySize();
        this.chunkRows = Math.clamp(logitBytes / Float.BYTES / vocabularySize, 1, rows);
        this.precision = model.precision();
        this.weight = model.outputWeight(model.parameters());
        this.bias = model.part(model.parameters(), LanguageModel.OUTPUT_BIAS);
        boolean training = gradients != null;
        this.weightGradient = training ? model.outputWeight(gradients) : null;
        this.biasGradient = training ? model.part(gradients, LanguageModel.OUTPUT_BIAS) : null;
        this.logits = backend.alloc(ElementType.FLOAT32, Math.multiplyExact((long) chunkRows, (long) vocabularySize));
        this.losses = backend.alloc(ElementType.FLOAT32, rows);
        this.best = training ? null : backend.alloc(ElementType.INT32, rows);
        this.outputGradient = training
                ? backend.alloc(ElementType.FLOAT32, Math.multiplyExact((long) rows, (long) hiddenSize))
                : null;
    }

    /** Nats a token, [N]. */
    DeviceBuffer losses() {
        return losses;
    }

    /** The most probable tokens, INT32 [N]; null when training. */
    DeviceBuffer best() {
        return best;
    }

    /** The gradient of the mean loss by y, [N,H]. */
    DeviceBuffer outputGradient() {
        return outputGradient;
    }

    /** Finds losses and most probable tokens. */
    void evaluate(DeviceBuffer y) {
        for (Chunk chunk : chunksOf(y)) {
            project(chunk);
            backend.softmaxCrossEntropy(logits, chunk.targets(), vocabularySize, 1, chunk.losses(), null, chunk.best());
        }
    }

    /** Finds losses and the gradients of their mean: by y, and added to those of the weights. */
    void differentiate(DeviceBuffer y) {
        float scale = 1.0f / rows;
        for (Chunk chunk : chunksOf(y)) {
            project(chunk);
            backend.softmaxCrossEntropy(logits, chunk.targets(), vocabularySize, scale, chunk.losses(), logits, null);
            backend.linearGrad(
                    chunk.y(),
                    weight,
                    logits,
                    chunk.rows(),
                    hiddenSize,
                    vocabularySize,
                    precision,
                    chunk.dy(),
                    false,
                    weightGradient,
                    biasGradient);
        }
    }

    private void project(Chunk chunk) {
        backend.linear(chunk.y(), weight, bias, chunk.rows(), hiddenSize, vocabularySize, precision, logits);
    }

    /** A plan returns the same buffer each time, so its slices are cut once and a step allocates nothing. */
    @SuppressWarnings("ReferenceEquality")
    private Chunk[] chunksOf(DeviceBuffer y) {
        if (y != chunked) {
            List<Chunk> cut = new ArrayList<>();
            for (int from = 0; from < rows; from += chunkRows) {
                int count = Math.min(chunkRows, rows - from);
                cut.add(new Chunk(
                        count,
                        rowsOf(y, from, count, hiddenSize),
                        rowsOf(outputGradient, from, count, hiddenSize),
                        rowsOf(targets, from, count, 1),
                        rowsOf(losses, from, count, 1),
                        rowsOf(best, from, count, 1)));
            }
            chunks = cut.toArray(new Chunk[0]);
            chunked = y;
        }
        return chunks;
    }

    private static DeviceBuffer rowsOf(DeviceBuffer buffer, int from, int count, int width) {
        return buffer == null ? null : buffer.slice((long) from * width, (long) count * width);
    }

    @Override
    public void close() {
        logits.close();
        losses.close();
        if (best != null) {
            best.close();
        }
        if (outputGradient != null) {
            outputGradient.close();
        }
    }
}
