package lstmgpu.generate;

import java.util.HashMap;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Metric;
import lstmgpu.network.Network;
import lstmgpu.network.TokenMetrics;

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

    /** As {@link #evaluate}, with every token's loss handed on. */
    static EvaluationResult walk(
            Network model, Tokenizer tokenizer, EvaluationText text, EvaluationPass.LossSink sink) {
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
        int steps = (int) Math.min(STEPS, text.length() - 1);
        requireMemory(model, text, steps);
        try (TokenCorpus corpus = model.backend().texts().corpus(text.tokens(), text.bytesPerToken());
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, steps)) {
            EvaluationResult result = sink == null ? pass.run() : pass.run(sink);
            Extent predicted = predicted(tokenizer, text);
            double bits = result.loss() * result.count() / Math.log(2);
            Map<Metric, Double> measured = new HashMap<>(result.measured());
            measured.put(TokenMetrics.BITS_PER_CHARACTER, bits / Math.max(1, predicted.characters()));
            measured.put(TokenMetrics.BITS_PER_BYTE, bits / Math.max(1, predicted.utf8Bytes()));
            return new EvaluationResult(result.loss(), result.count(), result.seconds(), measured);
        }
    }

    private static void requireMemory(Network model, EvaluationText text, int steps) {
        long weights = MemoryNeed.bytes(model.backend(), model::on);
        long all = MemoryNeed.bytes(
                model.backend(),
                counting -> new EvaluationPass(
                        model.on(counting), counting.texts().corpus(text.tokens(), text.bytesPerToken()), 1, steps));
        MemoryNeed.require(
                model.backend(),
                all - weights,
                "evaluating " + text.source(),
                _ -> "use --device cpu or a shorter text");
    }

    /** How much text the tokens after the first stand for. */
    private record Extent(long characters, long utf8Bytes) {}

    private static Extent predicted(Tokenizer tokenizer, EvaluationText text) {
        Tokenizer.Decoder decoder = tokenizer.decoder();
        byte[] first = decoder.next(text.token(0));
        if (!tokenizer.leavesOut() || text.length() == text.characters()) {
            return new Extent(text.characters() - characters(first), text.utf8Bytes() - first.length);
        }
        // Characters that the vocabulary lacks have no token; what was not predicted must not make the figures smaller.
        long characters = 0;
        long utf8Bytes = 0;
        for (long at = 1; at < text.length(); at++) {
            byte[] bytes = decoder.next(text.token(at));
            characters += characters(bytes);
            utf8Bytes += bytes.length;
        }
        return new Extent(characters, utf8Bytes);
    }

    /** Bytes that do not go on with a character begun before. */
    private static int characters(byte[] utf8) {
        int count = 0;
        for (byte unit : utf8) {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
