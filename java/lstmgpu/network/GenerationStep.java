package lstmgpu.network;

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
    /**
     * @param sequences B
     * @param sampling of every sequence, which draws the numbers of its place; null where each is begun with its own
     *     ({@link #begin})
     * @param window tokens the repeat penalty looks back on
     * @param expectedTokens about how many tokens all sequences together will read and draw
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
    private final DrawingSettings settings;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final LogitEditor editor;
    private final float[] logitsOnHost;
    private final Step predict;
    private final Step choose;
    private final TokenLoop loop;
    private final PromptReader reader;
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
        long expected = Math.ceilDiv(spec.expectedTokens(), (long) sequences);
        this.pass = Pass.forward(model, 1, sequences, Purpose.PREDICT, expected);
        this.plan = pass.plan();
        this.tokens = pass.batch().inputs();
        this.logits = pass.predictions();
        this.settings = new DrawingSettings(backend, sequences, spec.window(), vocabularySize, spec.sampling());
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
        this.reader = new PromptReader(model, pass, sequences, expected);
        pass.refresh();
    }

    private TokenLoop newLoop(int limit) {
        TokenLoop.Network network = new TokenLoop.Network(
                plan,
                model.rnnPart(model.parameters()),
                pass.input().input(),
                model.config().clusters() == null ? model.outputWeight(model.parameters()) : null,
                model.part(model.parameters(), Head.BIAS),
                logits,
                vocabularySize,
                model.rounded());
        TokenLoop.Draws draws = new TokenLoop.Draws(spec.sampling(), clock, settings.history(), tokens, losses);
        TokenLoop.Body body = new TokenLoop.Body(pass.input()::forward, this::predictBody, this::chooseBody);
        return backend.drawing().newTokenLoop(network, draws, body, limit);
    }

    private void predictBody() {
        pass.predict();
        plan.carryState();
    }

    private void chooseBody(int place) {
        backend.drawing().sample(logits, vocabularySize, settings.rows(), clock, settings.history(), tokens);
        if (losses != null) {
            DeviceBuffer loss = losses.slice((long) place * spec.sequences(), spec.sequences());
            backend.losses().softmaxCrossEntropy(logits, tokens, vocabularySize, 1, 0, loss, null, null);
        }
        backend.optimisation().advance(clock, Integer.MAX_VALUE);
    }

    /**
     * A sequence becomes that of a text, wherever this is: the next draw reads the text's newest token.
     *
     * @param sampling how the text is drawn
     * @param sample which one of its seed it is
     * @param drawn the number of its next draw
     * @param state h and c of the text, as {@link #state} gives them
     * @param recent its last tokens, the newest last, which the state has not seen; at least one
     */
    public void begin(int sequence, SamplingSpec sampling, int sample, int drawn, RnnState state, int... recent) {
        settings.set(sequence, sampling, sample, draws - drawn);
        settings.setHistory(sequence, recent, draws);
        plan.writeState(sequence, state);
        backend.upload(new int[] {recent[recent.length - 1]}, tokens.slice(sequence, 1));
    }

    /** A sequence that nobody wants draws with as little work as there can be. */
    public void leave(int sequence) {
        settings.setIdle(sequence);
    }

    /**
     * Makes these the last tokens that the repeat penalty sees.
     *
     * @param recent of every sequence, the newest last; may be empty
     */
    public void setHistory(int[][] recent) {
        settings.setHistory(recent, draws);
    }

    /**
     * Reads tokens into the state, all but the last of each sequence, which the next draw reads.
     *
     * @param text [count,B], at least one step
     */
    public void prompt(int[] text) {
        int count = text.length / spec.sequences();
        for (int step = 0; step < count; ) {
            step = reader.piece(text, step);
        }
        reader.closeChunks();
    }

    /**
     * The same in pieces, each a chunk of steps or a single one, between which other things can be done.
     *
     * @param from the step where the piece begins; a text is begun at 0
     * @return the step where the next piece begins; count once all was read
     */
    public int promptPiece(int[] text, int from) {
        if (from == 0) {
            reader.forget();
        }
        return reader.piece(text, from);
    }

    /** h and c of one sequence, h [L,R] and c [L,H], c empty where the cell has none. */
    public RnnState state(int sequence) {
        return plan.readState(sequence);
    }

    /**
     * Every sequence goes on with the same state.
     *
     * @param state of one sequence, as {@link #state} gives it
     * @param drawn the number of the next draw
     */
    public void restore(RnnState state, int drawn) {
        plan.writeState(
                SequenceStates.repeated(state, spec.sequences(), plan.spec().shape()));
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
                SequenceStates.reordered(plan.readState(), from, plan.spec().shape()));
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
        backend.download(settings.history(), ringOnHost);
        for (int i = 0; i < count; i++, draws++) {
            for (int sequence = 0; sequence < spec.sequences(); sequence++) {
                drawn[i * spec.sequences() + sequence] =
                        ringOnHost[sequence * spec.window() + Math.floorMod(draws, spec.window())];
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
        reader.close();
        if (losses != null) {
            losses.close();
        }
        settings.close();
        pass.close();
        clock.close();
    }
}
