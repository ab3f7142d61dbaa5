package lstmgpu.generate;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.DynamicEvaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.GradientSizes;
import lstmgpu.network.Network;

/** Measures how well a model predicts a text while a copy of its weights follows the text. */
public final class DynamicEvaluator {
    private DynamicEvaluator() {}

    /**
     * @param learnt the text on which gradients are measured, for the RMS form; null for the SGD form
     * @throws LstmGpuException as {@link Evaluator#evaluate}, and with exit code 3 if the loss diverges
     */
    public static EvaluationResult evaluate(
            Network model,
            Tokenizer tokenizer,
            EvaluationText text,
            DynamicEvaluation.Settings settings,
            EvaluationText learnt) {
        Evaluator.check(model, tokenizer, text);
        GradientSizes sizes = learnt == null ? null : sizes(model, learnt, settings.length());
        Evaluator.requireMemory(
                model,
                text,
                counting -> new DynamicEvaluation(
                        model.on(counting),
                        counting.texts().corpus(text.tokens(), text.bytesPerToken()),
                        settings,
                        sizes));
        try (TokenCorpus corpus = model.backend().texts().corpus(text.tokens(), text.bytesPerToken());
                DynamicEvaluation evaluation = new DynamicEvaluation(model, corpus, settings, sizes)) {
            return Evaluator.told(tokenizer, text, evaluation.run());
        }
    }

    private static GradientSizes sizes(Network model, EvaluationText learnt, int steps) {
        if (learnt.length() <= steps) {
            throw LstmGpuException.data(
                    "%s has %,d tokens, where gradients over segments of %d need more; use the text that the model"
                            + " has learnt",
                    learnt.source(), learnt.length(), steps);
        }
        try (TokenCorpus corpus = model.backend().texts().corpus(learnt.tokens(), learnt.bytesPerToken());
                Network network = DynamicEvaluation.undropped(model)) {
            GradientSizes sizes = GradientSizes.measure(network, corpus, steps);
            if (!(sizes.mean() > 0 && Float.isFinite(sizes.mean()))) {
                throw LstmGpuException.data(
                        "the gradients over %s are all 0 or not finite, so they say nothing of the weights",
                        learnt.source());
            }
            return sizes;
        }
    }
}
