package lstmgpu.generate;

import java.util.function.Consumer;
import lstmgpu.data.Tokenizer;
import lstmgpu.model.LanguageModel;

/** Finds every token's log-probability given all tokens before it, from the second token on. */
public final class Scorer {
    private Scorer() {}

    /** @param sink takes the tokens in order, while the text is read */
    public static void score(
            LanguageModel model, Tokenizer tokenizer, EvaluationText text, Consumer<ScoredToken> sink) {}
}
