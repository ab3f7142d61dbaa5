package lstmgpu.generate;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.DividedPass;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Metric;
import lstmgpu.network.Network;
import lstmgpu.network.TokenMetrics;
import lstmgpu.parallel.Peers;

/**
 * Measures how well a model predicts a text: one sequence, from a zero state, the state carried, every token but the
 * first counted.
 */
public final class Evaluator {
    /** Tokens that are predicted in one go; the result does not depend on it. */
    static final int STEPS = 256;

    private Evaluator() {}

    /**
     * @throws LstmGpuException with exit code 3 if the text has fewer than two tokens or the tokenizer is not the
     *     model's
     */
    public static EvaluationResult evaluate(Network model, Tokenizer tokenizer, EvaluationText text) {
        return walk(model, tokenizer, text, null);
    }

    /** The same, to float32 rounding, by several processes that all have the text; all call it. */
    public static EvaluationResult evaluate(Network model, Tokenizer tokenizer, EvaluationText text, Peers peers) {
        if (peers.size() == 1) {
            return evaluate(model, tokenizer, text);
        }
        check(model, tokenizer, text);
        int steps = (int) Math.min(STEPS, text.length() - 1);
        requireMemory(model, text, steps);
        try (TokenCorpus corpus = model.backend().texts().corpus(text.tokens(), text.bytesPerToken());
                DividedPass pass = new DividedPass(model, corpus, steps, peers)) {
            return told(tokenizer, text, pass.run());
        }
    }

    /** As {@link #evaluate}, with every token's loss handed on. */
    static EvaluationResult walk(
            Network model, Tokenizer tokenizer, EvaluationText text, EvaluationPass.LossSink sink) {
        check(model, tokenizer, text);
        int steps = (int) Math.min(STEPS, text.length() - 1);
        requireMemory(model, text, steps);
        try (TokenCorpus corpus = model.backend().texts().corpus(text.tokens(), text.bytesPerToken());
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, steps)) {
            EvaluationResult result = sink == null ? pass.run() : pass.run(sink);
            return told(tokenizer, text, result);
        }
    }

    /** What an evaluation of every token but the first tells of the text. */
    static EvaluationResult told(Tokenizer tokenizer, EvaluationText text, EvaluationResult result) {
        Extent predicted = Extent.of(tokenizer, text);
        double nats = result.loss() * result.count();
        double bits = nats / Math.log(2);
        Map<Metric, Double> measured = new HashMap<>(result.measured());
        if (predicted.words() > 1) {
            measured.put(TokenMetrics.PERPLEXITY_PER_WORD, Math.exp(nats / predicted.words()));
        }
        measured.put(TokenMetrics.BITS_PER_CHARACTER, bits / Math.max(1, predicted.characters()));
        measured.put(TokenMetrics.BITS_PER_BYTE, bits / Math.max(1, predicted.utf8Bytes()));
        return new EvaluationResult(result.loss(), result.count(), result.seconds(), measured);
    }

    static void check(Network model, Tokenizer tokenizer, EvaluationText text) {
        if (tokenizer.vocabularySize() != model.config().vocabularySize()) {
            throw LstmGpuException.data(
                    "the model knows %d tokens and its tokenizer %d; they belong to different models",
                    model.config().vocabularySize(), tokenizer.vocabularySize());
        }
        if (text.length() < 2) {
            throw LstmGpuException.data(
                    "%s has %s, where an evaluation needs 2 or more; use more text",
                    text.source(), Count.of(text.length(), "token"));
        }
    }

    private static void requireMemory(Network model, EvaluationText text, int steps) {
        requireMemory(
                model,
                text,
                counting -> new EvaluationPass(
                        model.on(counting), counting.texts().corpus(text.tokens(), text.bytesPerToken()), 1, steps));
    }

    /** @param made what is needed, the model's weights included, on a twin that counts */
    static void requireMemory(Network model, EvaluationText text, Function<Backend, AutoCloseable> made) {
        long weights = MemoryNeed.bytes(model.backend(), model::on);
        long all = MemoryNeed.bytes(model.backend(), made);
        MemoryNeed.require(
                model.backend(),
                all - weights,
                "evaluating " + text.source(),
                _ -> "use --device cpu or a shorter text");
    }
}
