package lstmgpu.network;

import java.util.Arrays;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Step;

/** Reads texts into the state of a pass of single steps, a chunk at a time where there are many tokens. */
final class PromptReader implements AutoCloseable {
    /** Tokens of a sequence that are read in one go. */
    static final int CHUNK = 32;

    private final Network model;
    private final Backend backend;
    private final Pass steps;
    private final int sequences;
    private final long expectedTokens;
    private final DeviceBuffer tokens;
    private final Step read;
    private Pass chunks;
    private boolean inChunks;

    /** @param expectedTokens as {@link Pass#forward} wants them */
    PromptReader(Network model, Pass steps, int sequences, long expectedTokens) {
        this.model = model;
        this.backend = model.backend();
        this.steps = steps;
        this.sequences = sequences;
        this.expectedTokens = expectedTokens;
        this.tokens = steps.batch().inputs();
        this.read = backend.capture(this::readBody);
    }

    private void readBody() {
        steps.read();
        steps.plan().carryState();
    }

    /**
     * Reads a piece of a text, a chunk or a step. The last step is not read: its tokens are put where the next draw
     * finds them.
     *
     * @param text [count,B]
     * @param from the step where the piece begins
     * @return the step where the next piece begins; count at the end
     */
    int piece(int[] text, int from) {
        int count = text.length / sequences;
        if (from + CHUNK < count && from % CHUNK == 0) {
            readChunk(Arrays.copyOfRange(text, from * sequences, (from + CHUNK) * sequences));
            return from + CHUNK;
        }
        leaveChunks();
        backend.upload(Arrays.copyOfRange(text, from * sequences, (from + 1) * sequences), tokens);
        if (from < count - 1) {
            read.run();
        }
        return from + 1;
    }

    private void readChunk(int[] text) {
        if (chunks == null) {
            chunks = Pass.forward(model, CHUNK, sequences, Purpose.READ, expectedTokens);
            chunks.refresh();
        }
        if (!inChunks) {
            chunks.plan().writeState(steps.plan().readState());
            inChunks = true;
        }
        backend.upload(text, chunks.batch().inputs());
        chunks.read();
        chunks.plan().carryState();
    }

    private void leaveChunks() {
        if (inChunks) {
            steps.plan().writeState(chunks.plan().readState());
            inChunks = false;
        }
    }

    /** Forgets a text of which only some pieces were read; the state is then of no text. */
    void forget() {
        inChunks = false;
    }

    /** Frees the memory for chunks until the next one. */
    void closeChunks() {
        if (chunks != null) {
            leaveChunks();
            chunks.close();
            chunks = null;
        }
    }

    @Override
    public void close() {
        inChunks = false;
        closeChunks();
        read.close();
    }
}
