package lstmgpu.generate;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.RnnState;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/** Reads the prompts of those who join, one after the other and in pieces, exactly as a generator reads them. */
final class LaneReader implements AutoCloseable {
    private final GenerationStep step;
    private final StateForm form;
    private final float[] logits;
    private List<LaneToken> told = List.of();
    private LaneText text;
    private int[] tokens = new int[0];
    private int next;

    LaneReader(Network model, StateForm form) {
        this.form = form;
        this.step = new GenerationStep(model, LaneSteps.spec(1));
        this.logits = new float[form.vocabulary()];
    }

    /** Whose prompt is being read; null for nobody's. */
    LaneText text() {
        return text;
    }

    void begin(LaneText joining) {
        text = joining;
        tokens = text.tokens();
        next = 0;
        told = new ArrayList<>(); // the one before belongs to whoever was told it
        TextState from = text.request().from();
        RnnState state = (from == null ? TextState.empty(form) : from).state();
        text.begin(step, 0, state);
        if (text.request().promptLogprobs() && (from == null || !from.begun())) {
            told.add(LaneToken.plain(tokens[0]));
        }
    }

    /** Reads a piece; whether that was the last one. */
    boolean read() {
        if (!text.request().promptLogprobs()) {
            next = step.promptPiece(tokens, next);
            return next == tokens.length;
        }
        if (next > 0) {
            step.predict(logits);
            LogProbabilities predicted = new LogProbabilities(logits, 0, form.vocabulary());
            told.add(predicted.token(tokens[next], text.request().alternatives()));
        }
        step.promptPiece(new int[] {tokens[next++]}, 0);
        if (next < tokens.length) {
            return false;
        }
        text.tell(() -> text.listener().prompt(told));
        return true;
    }

    /** The text that was read, which is another's from here on. */
    LaneText take() {
        LaneText read = text;
        text = null;
        return read;
    }

    /** h and c of the text that was read last. */
    RnnState state() {
        return step.state(0);
    }

    @Override
    public void close() {
        step.close();
    }
}
