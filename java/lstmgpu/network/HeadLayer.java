package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;

/** A {@link Head} on a device, for N = T·B rows of the recurrent stack's output y [N,D·H]. */
abstract class HeadLayer {
    final Network network;
    final Backend backend;
    final Batch batch;
    final int rows;
    final int allRows;
    final int units;

    /** Rows of the linear layer. */
    final int size;

    private final Layers layers;
    private final DeviceBuffer weight;
    private final DeviceBuffer bias;
    private final DeviceBuffer weightGradient;
    private final DeviceBuffer biasGradient;
    private final DeviceBuffer outputGradient;

    /**
     * @param batch its targets and weights are as the head says
     * @param gradients of all parameters; null when not training
     */
    HeadLayer(Network network, Resources memory, Batch.Form form, Batch batch, DeviceBuffer gradients) {
        this.network = network;
        this.backend = network.backend();
        this.layers = backend.layers();
        this.rows = form.rows();
        this.allRows = form.allRows();
        this.batch = batch;
        this.units = network.config().outputSize();
        this.size = network.config().head().rows();
        this.weight = network.outputWeight(network.parameters());
        this.bias = network.part(network.parameters(), Head.BIAS);
        boolean training = gradients != null;
        this.weightGradient = training ? network.outputWeight(gradients) : null;
        this.biasGradient = training ? network.part(gradients, Head.BIAS) : null;
        this.outputGradient =
                training ? memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) rows, (long) units)) : null;
    }

    /**
     * @param logitBytes most memory for predictions of which there are as many as rows and that are judged at once
     */
    static HeadLayer of(
            Network network, Resources memory, Batch.Form form, Batch batch, DeviceBuffer gradients, long logitBytes) {
        return switch (network.config().head()) {
            case Head.NextToken head ->
                head.clusters() == null
                        ? new NextTokenLayer(network, memory, form, batch, gradients, logitBytes)
                        : AdaptiveTokenLayer.of(network, memory, head.clusters(), form, batch, gradients, logitBytes);
            case Head.Values head -> new ValuesLayer(network, memory, head, form, batch, gradients);
            case Head.SequenceClass head -> new SequenceClassLayer(network, memory, head, form, batch, gradients);
        };
    }

    /** Finds the predictions of all rows; for heads that are not judged in parts. */
    abstract void predict(DeviceBuffer y);

    /** Where {@link #predict} leaves them. */
    abstract DeviceBuffer predictions();

    /** Finds the losses and, where the head has classes, the most probable ones. */
    abstract void judge(DeviceBuffer y);

    /**
     * Finds losses and the gradients of the whole batch's mean: by y, and added to those of the weights.
     *
     * @param smoothing of labels, where the head has classes; in the gradients only
     */
    abstract void differentiate(DeviceBuffer y, float smoothing);

    /** A loss for every target. */
    abstract DeviceBuffer losses();

    /** The most probable classes, INT32, as many as losses; null when training and where there are no classes. */
    abstract DeviceBuffer best();

    /** The gradient of the mean loss by y, [N,D·H]; null when not training. */
    DeviceBuffer outputGradient() {
        return outputGradient;
    }

    /** Weighs numbers of which there are so many for each weight; null weights leave them as they are. */
    void weigh(DeviceBuffer values, DeviceBuffer weights, int width) {
        if (weights != null) {
            backend.losses().weigh(values, weights, width);
        }
    }

    /** The head's linear layer over so many rows. */
    LinearSpec projection(int count) {
        return new LinearSpec(count, units, size, network.precision());
    }

    void project(DeviceBuffer y, LinearSpec spec, DeviceBuffer predictions) {
        layers.linear(y, weight, bias, spec, predictions);
    }

    /** Adds to the gradients of the weights and sets dy. */
    void projectBack(DeviceBuffer y, DeviceBuffer dPredictions, LinearSpec spec, DeviceBuffer dy) {
        layers.linearGrad(y, weight, dPredictions, spec, dy, false, weightGradient, biasGradient);
    }

    static DeviceBuffer rowsOf(DeviceBuffer buffer, int from, int count, int width) {
        return buffer == null ? null : buffer.slice((long) from * width, (long) count * width);
    }
}
