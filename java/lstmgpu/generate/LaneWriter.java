package lstmgpu.generate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/** The texts that are being written, a token of each at every step. For one thread. */
final class LaneWriter implements AutoCloseable {
    private final Network model;
    private final int vocabulary;
    private final StateForm form;
    private final List<Lane> lanes = new ArrayList<>();

    LaneWriter(Network model, int most) {
        this.model = model;
        this.vocabulary = model.config().vocabularySize();
        this.form = StateForm.of(model);
    }

    StateForm form() {
        return form;
    }

    int running() {
        return lanes.size();
    }

    boolean isBusy() {
        return !lanes.isEmpty();
    }

    /** Takes in a text, to be read and written with the steps to come. */
    void join(LaneText text) {
        lanes.add(new Lane(text));
    }

    /** A token further in every text. */
    void step(BooleanSupplier somebodyWaits) {
        for (Iterator<Lane> all = lanes.iterator(); all.hasNext(); ) {
            Lane lane = all.next();
            if (!lane.text.isOver()) {
                lane.draw();
            }
            if (lane.text.isOver()) {
                all.remove();
                lane.end();
            }
        }
    }

    void endAll(LaneEnd.Reason reason, Throwable failure) {
        List<Lane> ending = List.copyOf(lanes);
        lanes.clear();
        ending.forEach(lane -> lane.close());
        ending.forEach(lane -> lane.text.finish(reason, null, failure));
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
        lanes.clear();
    }

    /** A text with the sequences of its own that draw it. */
    private final class Lane {
        private final LaneText text;
        private final int sequence;
        private final int[] drawn;
        private final float[] logits;
        private GenerationStep step;

        Lane(LaneText text) {
            this.text = text;
            this.sequence = text.request().sample();
            this.drawn = new int[sequence + 1];
            this.logits = new float[Math.multiplyExact(drawn.length, vocabulary)];
        }

        private void begin() {
            LaneRequest request = text.request();
            GenerationStep.Spec spec = new GenerationStep.Spec(
                    drawn.length,
                    request.settings().sampling(),
                    GenerationSettings.PENALTY_WINDOW,
                    (long) text.tokens().length + request.settings().length(),
                    false,
                    false);
            step = new GenerationStep(model, spec);
            if (request.from() != null) {
                step.restore(request.from().state(), request.from().draws());
            }
            if (request.promptLogprobs()) {
                readTelling();
            } else {
                step.prompt(rows(text.tokens()));
            }
            int[][] histories = new int[drawn.length][0];
            histories[sequence] = text.recent();
            step.setHistory(histories);
        }

        private int[] rows(int... tokens) {
            int[] rows = new int[Math.multiplyExact(tokens.length, drawn.length)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = tokens[i / drawn.length];
            }
            return rows;
        }

        private void readTelling() {
            int[] tokens = text.tokens();
            int alternatives = text.request().alternatives();
            List<LaneToken> told = new ArrayList<>();
            if (text.request().from() == null || !text.request().from().begun()) {
                told.add(LaneToken.plain(tokens[0]));
            }
            step.prompt(rows(tokens[0]));
            for (int i = 1; i < tokens.length; i++) {
                step.predict(logits);
                told.add(predicted().token(tokens[i], alternatives));
                step.prompt(rows(tokens[i]));
            }
            text.tell(() -> text.listener().prompt(told));
        }

        private LogProbabilities predicted() {
            return new LogProbabilities(logits, sequence * vocabulary, vocabulary);
        }

        void draw() {
            if (step == null) {
                begin();
            }
            step.draw(1, drawn);
            int token = drawn[sequence];
            LaneToken told = LaneToken.plain(token);
            if (text.request().asksForLogprobs()) {
                step.readLogits(logits);
                told = predicted().token(token, text.request().alternatives());
            }
            text.add(told);
        }

        void end() {
            if (step == null && text.left() == 0) {
                begin();
            }
            TextState state =
                    step == null ? text.request().from() : text.state(form, step.state(sequence), step.draws());
            close();
            text.finish(state);
        }

        void close() {
            if (step != null) {
                step.close();
                step = null;
            }
        }
    }
}
