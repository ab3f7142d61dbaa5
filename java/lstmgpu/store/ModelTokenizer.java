package lstmgpu.store;

import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;

/** The tokenizer beside the weights. */
final class ModelTokenizer {
    private ModelTokenizer() {}

    /** Throws as {@link ModelDirectory#inputTokenizer}. */
    static Tokenizer read(Path folder, NetworkConfig config) {
        if (!(config.input() instanceof InputPart.Tokens)) {
            throw LstmGpuException.data(
                    "%s holds a model that reads no tokens, as its config.json says; restore it from a copy", folder);
        }
        int expected = config.vocabularySize();
        Tokenizer tokenizer = TokenizerJson.read(ModelFile.TOKENIZER.in(folder), expected);
        if (tokenizer.vocabularySize() != expected) {
            throw LstmGpuException.data(
                    "%s has %d tokens where the field vocab_size of %s says %d; both files must come from the same run",
                    ModelFile.TOKENIZER.in(folder), tokenizer.vocabularySize(), ModelFile.CONFIG, expected);
        }
        return tokenizer;
    }
}
