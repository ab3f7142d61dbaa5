package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DropoutSpec;

/**
 * What keeps a network from learning its training data by heart, beside the dropout that its configuration names. All
 * of it is drawn and added in training only; models, losses that are shown, and evaluation know nothing of it. Masks
 * are inverted: what stays is divided by 1−p.
 *
 * @param weightDrop p in [0, 1) of an element of every W_hh to be 0 for a whole training step, for all sequences and
 *     steps (DropConnect as in Merity, Keskar and Socher 2018)
 * @param inputDropout p in [0, 1) for what the recurrent stack reads: embeddings or features
 * @param outputDropout p in [0, 1) for what the output layer reads; null for the network's own dropout
 * @param wordDropout p in [0, 1) of a token's embedding to be 0 wherever it stands in the batch (Gal and Ghahramani
 *     2016)
 * @param locked whether a sequence is dropped the same at every step, as in variational dropout (Gal and Ghahramani
 *     2016): between layers, at the input and at the output
 * @param activationPenalty α of α·mean(y²) that is added to the loss, y the last layer's output after dropout (Merity,
 *     McCann and Socher 2017)
 * @param temporalPenalty β of β·mean((y[t] − y[t−1])²), y before dropout (the same)
 * @param labelSmoothing ε in [0, 1) of a target's probability that is spread over all tokens or classes (Szegedy et al.
 *     2016); a target that has a weight counts with it as a whole, whichever class gets a share
 */
public record Regularisation(
        float weightDrop,
        float inputDropout,
        Float outputDropout,
        float wordDropout,
        boolean locked,
        float activationPenalty,
        float temporalPenalty,
        float labelSmoothing) {
    /** Nothing beside the network's dropout. */
    public static final Regularisation NONE = new Regularisation(0, 0, null, 0, false, 0, 0, 0);

    private static final String PROBABILITY = " must lie in [0, 1)";
    private static final String FACTOR = " must be 0 or above";

    public Regularisation {
        requireProbability("--weight-drop", weightDrop);
        requireProbability("--input-dropout", inputDropout);
        requireProbability("--output-dropout", outputDropout == null ? 0 : outputDropout);
        requireProbability("--word-dropout", wordDropout);
        requireFactor("--activation-penalty", activationPenalty);
        requireFactor("--temporal-penalty", temporalPenalty);
        requireProbability("--label-smoothing", labelSmoothing);
    }

    private static void requireProbability(String flag, float value) {
        if (!(value >= 0 && value < 1)) {
            throw LstmGpuException.usage("%s%s, not %s", flag, PROBABILITY, value);
        }
    }

    private static void requireFactor(String flag, float value) {
        if (!(value >= 0 && Float.isFinite(value))) {
            throw LstmGpuException.usage("%s%s, not %s", flag, FACTOR, value);
        }
    }

    /** Its values by the flags that set them; "--dropout" stands for the network's own. */
    public Map<String, Object> byFlag() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("--weight-drop", weightDrop);
        values.put("--input-dropout", inputDropout);
        values.put("--output-dropout", outputDropout == null ? "--dropout" : outputDropout);
        values.put("--word-dropout", wordDropout);
        values.put("--locked-dropout", locked);
        values.put("--activation-penalty", activationPenalty);
        values.put("--temporal-penalty", temporalPenalty);
        values.put("--label-smoothing", labelSmoothing);
        return values;
    }

    /** The probability with which the last layer's outputs are dropped. */
    float outputDropout(NetworkConfig config) {
        return outputDropout == null ? config.dropout() : outputDropout;
    }

    /**
     * Whether what the recurrent stack reads is not the same for a token wherever it stands, so that no table holds it.
     */
    boolean dropsInput() {
        return inputDropout > 0 || wordDropout > 0;
    }

    /** Whether outputs are penalised. */
    boolean penalises() {
        return activationPenalty > 0 || temporalPenalty > 0;
    }

    /** @throws LstmGpuException with exit code 2 if a network has not what this acts on */
    public void requireFit(NetworkConfig config) {
        boolean tokens = config.input() instanceof InputPart.Tokens;
        boolean classes = !(config.head() instanceof Head.Values);
        boolean text = config.head() instanceof Head.NextToken;
        boolean drops = config.dropout() > 0 || outputDropout(config) > 0 || inputDropout > 0;
        refuse(locked && !drops, "--locked-dropout is about dropout, of which there is none; add --dropout, or");
        refuse(wordDropout > 0 && !tokens, "--word-dropout drops words, and this network reads numbers;");
        refuse(
                labelSmoothing > 0 && config.clusters() != null,
                "--label-smoothing wants the probability of every token, which --softmax adaptive is there to save;");
        refuse(labelSmoothing > 0 && !classes, "--label-smoothing is for tokens and classes, not for values;");
        refuse(activationPenalty > 0 && !text, "--activation-penalty is for language models;");
        refuse(temporalPenalty > 0 && !text, "--temporal-penalty is for language models;");
    }

    private static void refuse(boolean unfit, String why) {
        if (unfit) {
            throw LstmGpuException.usage("%s leave it out", why);
        }
    }

    /** Of the last layer's output; a plan has those between layers. */
    DropoutSpec outputMask(NetworkConfig config, long seed, Batch.Form form) {
        int last = config.layers() - 1;
        int width = config.outputSize();
        return new DropoutSpec(outputDropout(config), seed, last, form.sequences(), width, form.share(), locked);
    }
}
