package lstmgpu.network;

import java.util.Arrays;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/**
 * Draws one token after the other in B sequences. The state starts at zero and is carried. A sequence's newest token
 * has not gone into the state yet: the next {@link #draw} reads it.
 */
public final class GenerationStep implements AutoCloseable {
    /** Tokens of a prompt that are read in one go. */
    static final int PREFILL_STEPS = 32;

    /**
     * @param sequences B
     * @param window tokens the repeat penalty looks back on
     * @param expectedTokens about how many tokens per sequence will be read and drawn
     * @param logprobs whether {@link #readLogprobs} will be called
     * @param ahead whether nobody minds tokens that were drawn and then not wanted: they have gone into the state
     */
    public record Spec(
            int sequences, SamplingSpec sampling, int window, long expectedTokens, boolean logprobs, boolean ahead) {
        Spec withSequences(int other) {
            return new Spec(other, sampling, window, expectedTokens, logprobs, ahead);
        }
    }

    private final Network model;
    private final Backend backend;
    private final Spec spec;
    private final int vocabularySize;
    private final StepClock clock;
    private final Pass pass;
    private final RnnPlan plan;
    private final DeviceBuffer tokens;
    private final DeviceBuffer history;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final LogitEditor editor;
    private final float[] logitsOnHost;
    private final Step predict;
    private final Step choose;
    private final TokenLoop loop;
    private final Step read;
    private final int[] tokensOnHost;
    private final int[] ringOnHost;
    private final float[] lossesOnHost;
    private int draws;

    /** Allocates everything it needs and takes the weights as they are now; whoever changes them makes a new step. */
    public GenerationStep(Network model, Spec spec) {
        this(model, spec, null);
    }

    /** @param editor changes the logits on the host, which costs a way there and back for every token; or null */
    public GenerationStep(Network model, Spec spec, LogitEditor editor) {
        this.model = model;
        this.editor = editor;
        this.backend = model.backend();
        this.spec = spec;
        this.vocabularySize = model.config().vocabularySize();
        int sequences = spec.sequences();
        this.clock = new StepClock(backend);
        this.pass = Pass.forward(model, 1, sequences, Purpose.PREDICT, spec.expectedTokens());
        this.plan = pass.plan();
        this.tokens = pass.batch().inputs();
        this.logits = pass.predictions();
        this.history = backend.alloc(ElementType.INT32, Math.multiplyExact((long) sequences, (long) spec.window()));
        // The history is where the host finds what was drawn.
        int limit = spec.ahead() && editor == null ? spec.window() : 1;
        this.losses = spec.logprobs() ? backend.alloc(ElementType.FLOAT32, (long) limit * sequences) : null;
        this.tokensOnHost = new int[sequences];
        this.ringOnHost = new int[Math.multiplyExact(sequences, spec.window())];
        this.logitsOnHost = new float[editor == null ? 0 : Math.multiplyExact(sequences, vocabularySize)];
        this.predict = editor == null ? null : backend.capture(this::predictBody);
        this.choose = editor == null ? null : backend.capture(() -> chooseBody(0));
        this.loop = editor == null ? newLoop(limit) : null;
        this.lossesOnHost = new float[spec.logprobs() ? Math.multiplyExact(block(), sequences) : 0];
        this.read = backend.capture(this::readBody);
        pass.refresh();
        setHistory(new int[sequences][0]);
    }

    private TokenLoop newLoop(int limit) {
        TokenLoop.Network network = new TokenLoop.Network(
                plan,
                model.rnnPart(model.parameters()),
                pass.input().input(),
                model.outputWeight(model.parameters()),
                model.part(model.parameters(), Head.BIAS),
                vocabularySize);
        TokenLoop.Draws draws = new TokenLoop.Draws(spec.sampling(), clock, history, tokens, losses);
        return backend.drawing().newTokenLoop(network, draws, this::drawBody, limit);
    }

    private void readBody() {
        pass.read();
        plan.carryState();
    }

    private void drawBody(int place) {
        predictBody();
        chooseBody(place);
    }

    private void predictBody() {
        pass.predict();
        plan.carryState();
    }

    private void chooseBody(int place) {
        backend.drawing().sample(logits, vocabularySize, spec.sampling(), clock, history, tokens);
        if (losses != null) {
            DeviceBuffer loss = losses.slice((long) place * spec.sequences(), spec.sequences());
            backend.losses().softmaxCrossEntropy(logits, tokens, vocabularySize, 1, loss, null, null);
        }
        backend.optimisation().advance(clock, Integer.MAX_VALUE);
    }

    /**
     * Makes these the last tokens that the repeat penalty sees.
     *
     * @param recent of every sequence, the newest last; may be empty
     */
    public void setHistory(int[][] recent) {
        int window = spec.window();
        int[] ring = new int[Math.multiplyExact(spec.sequences(), window)];
        Arrays.fill(ring, -1);
        for (int sequence = 0; sequence < spec.sequences(); sequence++) {
            int[] text = recent[sequence];
            for (int age = 1; age <= Math.min(window, text.length); age++) {
                ring[sequence * window + Math.floorMod(draws - age, window)] = text[text.length - age];
            }
        }
        backend.upload(ring, history);
    }

    /**
     * Reads tokens into the state, all but the last of each sequence, which the next draw reads.
     *
     * @param text [count,B], at least one step
     */
    public void prompt(int[] text) {
        int sequences = spec.sequences();
        int last = text.length - sequences;
        int position = text.length / sequences > PREFILL_STEPS ? prefill(text) : 0;
        for (; position < last; position += sequences) {
            backend.upload(Arrays.copyOfRange(text, position, position + sequences), tokens);
            read.run();
        }
        backend.upload(Arrays.copyOfRange(text, last, text.length), tokens);
    }

    /** Reads as many whole chunks as there are before the last step, and returns where it stopped. */
    private int prefill(int[] text) {
        int sequences = spec.sequences();
        int chunk = Math.multiplyExact(PREFILL_STEPS, sequences);
        int position = 0;
        try (Pass prefill = Pass.forward(model, PREFILL_STEPS, sequences, Purpose.READ, text.length / sequences)) {
            prefill.refresh();
            prefill.plan().writeState(plan.readState());
            for (; position + chunk < text.length; position += chunk) {
                backend.upload(
                        Arrays.copyOfRange(text, position, position + chunk),
                        prefill.batch().inputs());
                prefill.read();
                prefill.plan().carryState();
            }
            RnnState state = prefill.plan().readState();
            plan.writeState(state);
        }
        return position;
    }

    /** h and c of one sequence, [L,H] each, c empty where the cell has none. */
    public RnnState state(int sequence) {
        return SequenceStates.one(
                plan.readState(), sequence, spec.sequences(), model.config().hiddenSize());
    }

    /**
     * Every sequence goes on with the same state.
     *
     * @param state of one sequence, as {@link #state} gives it
     * @param drawn the number of the next draw
     */
    public void restore(RnnState state, int drawn) {
        plan.writeState(
                SequenceStates.repeated(state, spec.sequences(), model.config().hiddenSize()));
        draws = drawn;
        clock.set(drawn, 0, 0);
    }

    /** The number of the next draw. */
    public int draws() {
        return draws;
    }

    /**
     * Reads the newest tokens into the state and leaves what the model predicts behind them; the next tokens are then
     * to be brought by {@link #prompt}.
     */
    public void predict(float[] predictions) {
        predictBody();
        backend.download(logits, predictions);
    }

    /** What the last token was drawn from, [B,V]; where one was drawn at a time. */
    public void readLogits(float[] predictions) {
        backend.download(logits, predictions);
    }

    /** Sequence i goes on with the state that sequence {@code from[i]} has now. */
    public void reorder(int[] from) {
        plan.writeState(
                SequenceStates.reordered(plan.readState(), from, model.config().hiddenSize()));
    }

    /** Most tokens of a sequence that one {@link #draw} draws. */
    public int block() {
        return loop == null ? 1 : loop.most();
    }

    /**
     * Draws the next tokens of every sequence, as many as are best drawn at once and no more than {@code most}.
     *
     * @param drawn takes them, [count,B]
     * @return count
     */
    public int draw(int most, int[] drawn) {
        int count = loop == null ? drawEdited() : loop.draw(most);
        if (count == 1) {
            draws++;
            backend.download(tokens, tokensOnHost);
            System.arraycopy(tokensOnHost, 0, drawn, 0, spec.sequences());
            return 1;
        }
        backend.download(history, ringOnHost);
        for (int i = 0; i < count; i++, draws++) {
            for (int sequence = 0; sequence < spec.sequences(); sequence++) {
                drawn[i * spec.sequences() + sequence] = ringOnHost[sequence * spec.window() + draws % spec.window()];
            }
        }
        return count;
    }

    private int drawEdited() {
        predict.run();
        backend.download(logits, logitsOnHost);
        editor.edit(logitsOnHost);
        backend.upload(logitsOnHost, logits);
        choose.run();
        return 1;
    }

    /** Natural logarithms of the last drawn tokens' probabilities at temperature 1, [count,B]. */
    public void readLogprobs(float[] logprobs) {
        backend.download(losses, lossesOnHost);
        for (int i = 0; i < logprobs.length; i++) {
            logprobs[i] = -lossesOnHost[i];
        }
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        } else {
            predict.close();
            choose.close();
        }
        read.close();
        if (losses != null) {
            losses.close();
        }
        history.close();
        pass.close();
        clock.close();
    }
}
