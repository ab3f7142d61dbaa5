package lstmgpu.network;

import java.lang.foreign.MemorySegment;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.TokenCorpus;

/**
 * Walks a whole text forward and measures how well it was predicted: every token but the first, each counted once, the
 * state carried.
 *
 * <p>With one sequence, every token is predicted from all tokens before it. With B sequences the text is divided into
 * parts: sequence 0 reads the first part from the beginning, and every other sequence first reads the {@link #WARM_UP}
 * or a few more tokens before its part from a zero state, which are not counted. A network has forgotten by then what
 * it began with, so the loss is that of one sequence.
 */
public final class EvaluationPass implements Evaluation {
    /** Takes the losses of a stretch of text, in order of the steps. */
    @FunctionalInterface
    public interface LossSink {
        /**
         * @param targets identifiers [count]; valid during the call, as losses
         * @param losses nats per token, [count]
         * @param outputs the last layer's, FLOAT32 [count,H] on the device; valid during the call
         */
        void accept(int[] targets, float[] losses, int count, DeviceBuffer outputs);
    }

    /** Tokens that a sequence reads before its part; docs/benchmarks.md tells what is still missing after so many. */
    static final int WARM_UP = 512;

    private static final LossSink NO_SINK = (targets, losses, count, outputs) -> {};

    private final Backend backend;
    private final EvaluationSection body;
    private final EvaluationSection tail;
    private final Resources resources;

    /**
     * The same on tokens, which it puts where the device reaches them.
     *
     * @param tokens little-endian unsigned identifiers; stays mapped as long as this is open
     * @param bytesPerToken 1, 2 or 4
     */
    public static EvaluationPass of(Network model, MemorySegment tokens, int bytesPerToken, int sequences, int steps) {
        Resources resources = new Resources(model.backend());
        try {
            TokenCorpus corpus = resources.keep(model.backend().texts().corpus(tokens, bytesPerToken));
            return new EvaluationPass(model, resources, corpus, sequences, steps, WARM_UP);
        } catch (RuntimeException | Error failure) {
            resources.close();
            throw failure;
        }
    }

    /**
     * Allocates everything it needs.
     *
     * @param sequences the most sequences; fewer are used where warming them would more than double the work
     * @param steps tokens per sequence that are predicted in one go
     */
    public EvaluationPass(Network model, TokenCorpus corpus, int sequences, int steps) {
        this(model, corpus, sequences, steps, WARM_UP);
    }

    /** @param warmUp tokens before its part that every sequence but the first reads */
    EvaluationPass(Network model, TokenCorpus corpus, int sequences, int steps, int warmUp) {
        this(model, new Resources(model.backend()), corpus, sequences, steps, warmUp);
    }

    private EvaluationPass(
            Network model, Resources resources, TokenCorpus corpus, int sequences, int steps, int warmUp) {
        this.resources = resources;
        if (corpus.length() < 2) {
            throw LstmGpuException.data(
                    "the text has %s, where an evaluation needs 2 or more", Count.of(corpus.length(), "token"));
        }
        this.backend = model.backend();
        long predictions = corpus.length() - 1;
        int used = Math.clamp(predictions / warmUp, 1, sequences);
        // Sequence 0 counts all that it reads and the others their last `part` tokens, so nothing is left over.
        long part = used == 1 ? predictions : (predictions - warmUp) / used;
        long reads = predictions - (used - 1) * part;
        EvaluationSection.Sequences split = new EvaluationSection.Sequences(used, part, reads - part);
        int count = Math.toIntExact(reads / steps);
        int rest = (int) (reads % steps);
        try {
            this.body =
                    count == 0 ? null : resources.keep(new EvaluationSection(model, corpus, split, steps, 0, count));
            this.tail = rest == 0
                    ? null
                    : resources.keep(new EvaluationSection(model, corpus, split, rest, reads - rest, 1));
        } catch (RuntimeException | Error failure) {
            resources.close();
            throw failure;
        }
    }

    @Override
    public EvaluationResult run() {
        return run(NO_SINK);
    }

    /**
     * Evaluates, and hands every token's loss on; for a pass in one sequence, since others also hand on what is not
     * counted.
     */
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
        resources.close();
    }
}
