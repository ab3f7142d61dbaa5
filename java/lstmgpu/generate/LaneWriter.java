package lstmgpu.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import lstmgpu.backend.RnnState;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/**
 * The texts that are being written: the first of them in sequence 0 of a step that is just wide enough, and so on
 * without a gap. For one thread.
 */
final class LaneWriter implements AutoCloseable {
    /** So long those who are writing wait for a prompt to be read before a further token. */
    private static final long READING_NANOSECONDS = 1_000_000;

    /** So many steps a step wider than needed is kept, since somebody may join again. */
    private static final int STEPS_TOO_WIDE = 32;

    private final int vocabulary;
    private final StateForm form;
    private final LaneSteps steps;
    private final LaneReader reader;
    private final Deque<LaneText> joining = new ArrayDeque<>();
    private final List<LaneText> writing = new ArrayList<>();
    private float[] logits = new float[0];
    private int[] drawn = new int[0];
    private int width;
    private int tooWide;

    /** @throws lstmgpu.LstmGpuException with exit code 5 if there is no room for so many */
    LaneWriter(Network model, int most) {
        this.vocabulary = model.config().vocabularySize();
        this.form = StateForm.of(model);
        this.steps = new LaneSteps(model, most);
        try {
            this.reader = new LaneReader(model, form);
        } catch (RuntimeException | Error failure) {
            steps.close();
            throw failure;
        }
    }

    StateForm form() {
        return form;
    }

    /** Texts that are being read or written. */
    int running() {
        return joining.size() + writing.size() + (reader.text() == null ? 0 : 1);
    }

    boolean isBusy() {
        return running() > 0;
    }

    /** Takes in a text, to be read and written with the steps to come. */
    void join(LaneText text) {
        joining.add(text);
    }

    /**
     * Reads on, and writes a token in every text, or several where the device is best asked for several.
     *
     * @param somebodyWaits whether there is something else to do soon
     */
    void step(BooleanSupplier somebodyWaits) {
        leave();
        read();
        if (writing.isEmpty()) {
            return;
        }
        fit();
        GenerationStep step = steps.get(width);
        int most = step.block() > 1 && !isReading() && !somebodyWaits.getAsBoolean() && allTake(step.block())
                ? step.block()
                : 1;
        int room = step.block() * steps.width(width);
        drawn = drawn.length < room ? new int[room] : drawn;
        int count = step.draw(most, drawn);
        for (int i = 0; i < count; i++) {
            tell(step, i * steps.width(width));
        }
        leave();
    }

    private boolean isReading() {
        return reader.text() != null || !joining.isEmpty();
    }

    private boolean allTake(int count) {
        return writing.stream().allMatch(text -> text.takes(count));
    }

    /** Tells everybody a token, the first of them that at a place of what was drawn. */
    private void tell(GenerationStep step, int first) {
        boolean asked = writing.stream().anyMatch(text -> text.request().asksForLogprobs());
        if (asked) {
            int numbers = Math.multiplyExact(steps.width(width), vocabulary);
            logits = logits.length == numbers ? logits : new float[numbers];
            step.readLogits(logits);
        }
        for (int place = 0; place < writing.size(); place++) {
            LaneText text = writing.get(place);
            int token = drawn[first + place];
            text.add(
                    text.request().asksForLogprobs()
                            ? new LogProbabilities(logits, place * vocabulary, vocabulary)
                                    .token(token, text.request().alternatives())
                            : LaneToken.plain(token));
        }
    }

    /** Reads prompts for a while, and while nobody is writing until somebody can. */
    private void read() {
        long end = System.nanoTime() + READING_NANOSECONDS;
        while (isReading() && (writing.isEmpty() || System.nanoTime() < end)) {
            if (reader.text() == null) {
                reader.begin(joining.remove());
            }
            boolean over = reader.text().isCancelled();
            if (over || reader.read()) {
                place(reader.take(), over ? null : reader.state());
            }
        }
    }

    /** Gives a text that was read its sequence. */
    private void place(LaneText text, RnnState state) {
        if (text.isOver()) {
            text.finish(state == null ? text.request().from() : text.state(form, state));
            return;
        }
        if (writing.size() == steps.width(width)) {
            move(steps.narrowest(writing.size() + 1));
        }
        text.begin(steps.get(width), writing.size(), state);
        writing.add(text);
    }

    /** Takes a narrower step once one would have done for a while. */
    private void fit() {
        int narrowest = steps.narrowest(writing.size());
        tooWide = narrowest < width ? tooWide + 1 : 0;
        if (tooWide > STEPS_TOO_WIDE) {
            move(narrowest);
        }
    }

    private void move(int other) {
        for (int place = 0; place < writing.size(); place++) {
            writing.get(place).begin(steps.get(other), place, steps.get(width).state(place));
        }
        for (int place = writing.size(); place < steps.width(other); place++) {
            steps.get(other).leave(place);
        }
        width = other;
        tooWide = 0;
    }

    /** Whoever is over leaves, and the last one takes the place. */
    private void leave() {
        GenerationStep step = steps.get(width);
        for (int place = writing.size() - 1; place >= 0; place--) {
            LaneText text = writing.get(place);
            if (text.isOver()) {
                TextState end = text.state(form, step.state(place));
                LaneText last = writing.removeLast();
                step.leave(writing.size());
                if (place < writing.size()) {
                    last.begin(step, place, step.state(writing.size()));
                    writing.set(place, last);
                }
                text.finish(end);
            }
        }
    }

    /** Ends everybody. */
    void endAll(LaneEnd.Reason reason, Throwable failure) {
        List<LaneText> ending = new ArrayList<>(writing);
        if (reader.text() != null) {
            ending.add(reader.take());
        }
        ending.addAll(joining);
        writing.clear();
        joining.clear();
        ending.forEach(text -> text.finish(reason, null, failure));
    }

    @Override
    public void close() {
        reader.close();
        steps.close();
    }
}
