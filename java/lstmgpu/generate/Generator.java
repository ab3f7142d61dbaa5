package lstmgpu.generate;

import java.util.List;
import lstmgpu.data.Tokenizer;
import lstmgpu.model.LanguageModel;

/**
 * Continues prompts. The state after a call stays, so that the next call goes on in the same text; a new generator starts from zero.
 */
public final class Generator implements AutoCloseable {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final GenerationSettings settings;

    public Generator(LanguageModel model, Tokenizer tokenizer, GenerationSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    /**
     * Reads the prompt, then draws until the length or a stop string is reached in every lane.
     *
     * @param prompt tokens; where it is empty and nothing came before, the text starts as if after a line's end
     * @param sink takes the text as it grows
     * @return one sample a lane
     */
    public List<GeneratedText> generate(int[] prompt, TextSink sink) {
        return List.of();
    }

    @Override
    public void close() {}
}
