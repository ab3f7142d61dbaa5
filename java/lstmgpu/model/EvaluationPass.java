package lstmgpu.model;

import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.TokenCorpus;

/**
 * Walks a whole text forward and measures how well it was predicted.
 *
 * <p>With B lanes, lane b reads the ⌊(N−1)/B⌋ tokens from b·⌊(N−1)/B⌋ on, from a zero state that is carried through
 * the lane. With one lane every token but the first is predicted from all tokens before it; with more, up to B−1
 * tokens at the end are left out.
 */
public final class EvaluationPass implements AutoCloseable {
    /** Takes the losses of a stretch of text, in order of the steps. */
    @FunctionalInterface
    public interface LossSink {
        /**
         * @param targets identifiers [count]; valid during the call, as losses
         * @param losses nats a token, [count]
         */
        void accept(int[] targets, float[] losses, int count);
    }

    private static final LossSink NO_SINK = (targets, losses, count) -> {};

    private final Backend backend;
    private final EvaluationSection body;
    private final EvaluationSection tail;

    /**
     * Allocates everything it needs.
     *
     * @param lanes B, cut down to N−1 where the text is shorter
     * @param steps tokens a lane that are predicted in one go
     */
    public EvaluationPass(LanguageModel model, TokenCorpus corpus, int lanes, int steps) {
        if (corpus.length() < 2) {
            throw LstmGpuException.data(
                    "the text has %s, where an evaluation needs 2 or more", Count.of(corpus.length(), "token"));
        }
        this.backend = model.backend();
        long predictions = corpus.length() - 1;
        int used = (int) Math.min(lanes, predictions);
        long laneLength = predictions / used;
        int count = Math.toIntExact(laneLength / steps);
        int rest = (int) (laneLength % steps);
        this.body = count == 0 ? null : new EvaluationSection(model, corpus, used, steps, 0, laneLength, count);
        this.tail =
                rest == 0 ? null : new EvaluationSection(model, corpus, used, rest, laneLength - rest, laneLength, 1);
    }

    /** Evaluates the model with the weights it has now. */
    public EvaluationResult run() {
        return run(NO_SINK);
    }

    /** Evaluates, and hands every token's loss on; the sink makes sense of the order only where there is one lane. */
    public EvaluationResult run(LossSink sink) {
        long start = System.nanoTime();
        EvaluationSection.Totals totals = new EvaluationSection.Totals();
        RnnState state = body == null ? null : body.run(null, totals, sink);
        if (tail != null) {
            tail.run(state, totals, sink);
        }
        backend.synchronize();
        return totals.result((System.nanoTime() - start) * 1e-9);
    }

    @Override
    public void close() {
        if (body != null) {
            body.close();
        }
        if (tail != null) {
            tail.close();
        }
    }
}
