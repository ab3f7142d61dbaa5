package lstmgpu.generate;

import java.util.HexFormat;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnShape;
import lstmgpu.network.Network;

/**
 * What a model's {@link TextState}s look like and how they are told from those of other weights. Making one reads all
 * weights, so it is made once and kept.
 *
 * @param layers L
 * @param shownSize R, numbers of a layer's h
 * @param hiddenSize H, numbers of a layer's c
 * @param hasCell whether there is c beside h
 * @param vocabulary V
 * @param fingerprint of the configuration and every weight, {@link Network#FINGERPRINT_BYTES} bytes in hexadecimal
 */
public record StateForm(
        int layers, int shownSize, int hiddenSize, boolean hasCell, int vocabulary, String fingerprint) {
    public StateForm {
        Math.multiplyExact(layers, hiddenSize);
        if (HexFormat.of().parseHex(fingerprint).length != Network.FINGERPRINT_BYTES) {
            throw new IllegalArgumentException("'" + fingerprint + "' is no fingerprint");
        }
    }

    /** Of a language model. Whoever uses its device does so on one thread, and this uses it. */
    public static StateForm of(Network model) {
        RnnShape shape = model.config().rnnShape();
        return new StateForm(
                shape.layers(),
                shape.shownSize(),
                shape.hiddenSize(),
                shape.cell().hasCellState(),
                model.config().vocabularySize(),
                model.fingerprint());
    }

    /** Numbers of h. */
    int states() {
        return layers * shownSize;
    }

    /** Numbers of c. */
    int cellStates() {
        return hasCell ? layers * hiddenSize : 0;
    }

    /** @throws LstmGpuException with exit code 3 if the tokenizer is not the model's */
    static void requireTokenizer(Network model, lstmgpu.data.Tokenizer tokenizer) {
        if (model.config().vocabularySize() != tokenizer.vocabularySize()) {
            throw LstmGpuException.data(
                    "the model knows %d tokens and its tokenizer %d; they belong to different models",
                    model.config().vocabularySize(), tokenizer.vocabularySize());
        }
    }
}
