package lstmgpu.inspect;

import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.CellSignal;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * Reads a text token by token from a zero state and shows what happens inside every unit. It computes from the weights
 * themselves, in float64 on the host, since fast recurrent layers do not hand out their gates;
 * {@link lstmgpu.backend.Cell} has the formulas. No dropout.
 */
public final class GateTrace {
    private final NetworkConfig config;
    private final float[] embedding;
    private final double[] input;
    private final GateTraceLayer[] layers;

    /** @param tensors as {@link NetworkConfig#tensorShapes} names them; not kept, apart from the embedding */
    public GateTrace(NetworkConfig config, Map<String, Tensor> tensors) {
        this.config = config;
        if (config.tieWeights() && config.clusters() != null) {
            throw LstmGpuException.usage(
                    "gates are shown of networks whose tokens have a row of the embedding each, and"
                            + " with --tie-weights --softmax adaptive rare ones have not");
        }
        this.embedding = tensors.get(InputPart.Tokens.EMBEDDING).values();
        this.input = new double[config.embeddingSize()];
        this.layers = new GateTraceLayer[config.layers()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = new GateTraceLayer(config, tensors, l);
        }
    }

    public NetworkConfig config() {
        return config;
    }

    /** One step of all layers. */
    public void read(int token) {
        for (int k = 0; k < input.length; k++) {
            input[k] = embedding[token * input.length + k];
        }
        double[] below = input;
        for (GateTraceLayer layer : layers) {
            layer.step(below);
            below = layer.shown();
        }
    }

    /** All states become zero, as before the first token. */
    public void reset() {
        for (GateTraceLayer layer : layers) {
            layer.reset();
        }
    }

    /**
     * What a unit showed at the last step.
     *
     * @param signal one of {@link lstmgpu.backend.Cell#signals} of this model's cell
     */
    public double value(int layer, CellSignal signal, int unit) {
        return layers[layer].values(signal)[unit];
    }

    /** A layer's h after the last step as others read it: a number a unit, or P with a projection. */
    public double shown(int layer, int number) {
        return layers[layer].shown()[number];
    }

    /** A unit's memory after the last step: tanh(c) where there is a cell state, else h. */
    public double memory(int layer, int unit) {
        double state = value(layer, config.cell().memory(), unit);
        return config.cell().hasCellState() ? Math.tanh(state) : state;
    }
}
