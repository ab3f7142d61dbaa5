package lstmgpu.network;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/** The tokens of a text, each with the one that follows as its target. */
public final class TokenFeed implements Feed {
    private final Backend backend;
    private final TokenCorpus corpus;
    private final BatchSpec spec;

    /**
     * @param tokens little-endian unsigned identifiers; stays mapped as long as this is open
     * @param bytesPerToken 1, 2 or 4
     * @param spec which tokens a step reads
     */
    public TokenFeed(Backend backend, MemorySegment tokens, int bytesPerToken, BatchSpec spec) {
        this.backend = backend;
        this.corpus = backend.texts().corpus(tokens, bytesPerToken);
        this.spec = spec;
    }

    @Override
    public void fill(Batch batch, StepClock clock) {
        backend.texts().gatherBatch(corpus, spec, clock, batch.inputs(), batch.targets());
    }

    @Override
    public void close() {
        corpus.close();
    }
}
