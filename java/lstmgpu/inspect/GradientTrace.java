package lstmgpu.inspect;

import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * How strongly the loss of one token depends on the hidden states before it: the norm of ∂loss_t/∂h_{t−k} for
 * every distance k and layer. It is the whole derivative, through later steps and through the layers above, as training
 * propagates it back; where a cell has a state c beside h, that of the same step stays as it is. Computed from the
 * weights in float64 by the formulas of {@link lstmgpu.backend.Cell}. No dropout.
 */
public final class GradientTrace {
    private final NetworkConfig config;
    private final float[] embedding;
    private final GradientLayer[] layers;
    private final Product output;
    private final Product outputBack;
    private final float[] outputBias;

    /** @param tensors of a language model, as {@link NetworkConfig#tensorShapes} names them */
    public GradientTrace(NetworkConfig config, Map<String, Tensor> tensors) {
        this.config = config;
        this.embedding = tensors.get(InputPart.Tokens.EMBEDDING).values();
        this.layers = IntStream.range(0, config.layers())
                .mapToObj(layer -> new GradientLayer(config, tensors, layer))
                .toArray(GradientLayer[]::new);
        Tensor weight = tensors.get(config.tieWeights() ? InputPart.Tokens.EMBEDDING : Head.WEIGHT);
        this.output = Product.of(weight);
        this.outputBack = Product.ofTransposed(weight);
        this.outputBias = tensors.get(Head.BIAS).values();
    }

    /**
     * The norms at some places of a text, which are looked at side by side. At each the network reads, from a zero
     * state, up to twice as many tokens as the farthest distance.
     *
     * @param ids the text
     * @param places of the tokens that are predicted last from, each at least {@code distances} and below the last one
     * @param distances the farthest k
     * @return [place][layer][k], k from 0 to {@code distances}
     */
    public double[][][] norms(int[] ids, int[] places, int distances) {
        return IntStream.of(places)
                .parallel()
                .mapToObj(place -> norms(ids, place, distances))
                .toArray(double[][][]::new);
    }

    private double[][] norms(int[] ids, int place, int distances) {
        Reading reading = new Reading(distances + 1);
        for (int t = Math.max(0, place - 2 * distances); t <= place; t++) {
            reading.read(ids[t]);
        }
        return reading.back(ids[place + 1]);
    }

    /** One network at one place, with what its last steps computed. */
    private final class Reading {
        private final int kept;
        private final LayerFormula.Step[][] steps;
        private int count;

        /** @param kept steps that are kept for the way back */
        Reading(int kept) {
            this.kept = kept;
            this.steps = new LayerFormula.Step[layers.length][kept];
        }

        /** The step {@code back} steps ago. */
        private LayerFormula.Step step(int layer, int back) {
            return steps[layer][Math.floorMod(count - 1 - back, kept)];
        }

        void read(int token) {
            double[] below = new double[config.embeddingSize()];
            for (int k = 0; k < below.length; k++) {
                below[k] = embedding[token * below.length + k];
            }
            for (int l = 0; l < layers.length; l++) {
                double[][] before = count == 0 ? layers[l].zeros() : step(l, 0).after();
                LayerFormula.Step step = layers[l].step(below, before);
                steps[l][count % kept] = step;
                below = step.after()[0];
            }
            count++;
        }

        /** Norms by layer and distance for the loss of the token that comes next. */
        double[][] back(int next) {
            double[][] norms = new double[layers.length][kept];
            double[][][] dStates = new double[layers.length][][];
            for (int l = 0; l < layers.length; l++) {
                dStates[l] = layers[l].zeros();
            }
            double[] above = lossGradient(step(layers.length - 1, 0).after()[0], next);
            for (int k = 0; k < kept; k++) {
                for (int l = layers.length - 1; l >= 0; l--) {
                    add(above, dStates[l][0]);
                    norms[l][k] = norm(dStates[l][0]);
                    above = layers[l].back(step(l, k), dStates[l]);
                }
                above = new double[0];
            }
            return norms;
        }
    }

    /** The gradient of −log softmax(logits)[next] by h. */
    private double[] lossGradient(double[] h, int next) {
        double[] logits = new double[outputBias.length];
        for (int v = 0; v < logits.length; v++) {
            logits[v] = outputBias[v];
        }
        output.add(h, logits);
        double most = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (int v = 0; v < logits.length; v++) {
            logits[v] = Math.exp(logits[v] - most);
            sum += logits[v];
        }
        for (int v = 0; v < logits.length; v++) {
            logits[v] = logits[v] / sum - (v == next ? 1 : 0);
        }
        double[] dh = new double[h.length];
        outputBack.add(logits, dh);
        return dh;
    }

    private static void add(double[] from, double[] to) {
        for (int j = 0; j < from.length; j++) {
            to[j] += from[j];
        }
    }

    private static double norm(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
