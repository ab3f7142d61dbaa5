package lstmgpu.model;

import java.util.Arrays;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;

/**
 * Draws one token after the other in B lanes. The state starts at zero and is carried. A lane's newest token has not
 * gone into the state yet: the next {@link #draw} reads it.
 */
public final class GenerationStep implements AutoCloseable {
    /** Tokens of a prompt that are read in one go. */
    static final int PREFILL_STEPS = 32;

    /**
     * @param lanes B
     * @param window tokens the repeat penalty looks back on
     * @param expectedTokens about how many tokens a lane will be read and drawn
     * @param logprobs whether {@link #readLogprobs} will be called
     */
    public record Spec(int lanes, SamplingSpec sampling, int window, long expectedTokens, boolean logprobs) {}

    private final LanguageModel model;
    private final Backend backend;
    private final Spec spec;
    private final int vocabularySize;
    private final StepClock clock;
    private final DeviceBuffer tokens;
    private final DeviceBuffer history;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer rnnParameters;
    private final DeviceBuffer outputWeight;
    private final DeviceBuffer outputBias;
    private final InputLayer inputLayer;
    private final RnnPlan plan;
    private final Step draw;
    private final Step read;
    private final float[] lossesOnHost;
    private int draws;

    /** Allocates everything it needs and takes the weights as they are now; whoever changes them makes a new step. */
    public GenerationStep(LanguageModel model, Spec spec) {
        this.model = model;
        this.backend = model.backend();
        this.spec = spec;
        this.vocabularySize = model.config().vocabularySize();
        int lanes = spec.lanes();
        this.clock = new StepClock(backend);
        this.tokens = backend.alloc(ElementType.INT32, lanes);
        this.history = backend.alloc(ElementType.INT32, Math.multiplyExact((long) lanes, (long) spec.window()));
        this.logits = backend.alloc(ElementType.FLOAT32, Math.multiplyExact((long) lanes, (long) vocabularySize));
        this.losses = spec.logprobs() ? backend.alloc(ElementType.FLOAT32, lanes) : null;
        this.lossesOnHost = new float[lanes];
        this.rnnParameters = model.rnnPart(model.parameters());
        this.outputWeight = model.outputWeight(model.parameters());
        this.outputBias = model.part(model.parameters(), LanguageModel.OUTPUT_BIAS);
        this.inputLayer = InputLayer.of(model, tokens, null, prefersTable(1, spec.expectedTokens()));
        this.plan = newPlan(1, inputLayer);
        this.draw = backend.capture(this::drawBody);
        this.read = backend.capture(this::readBody);
        inputLayer.refresh();
        setHistory(new int[lanes][0]);
    }

    private boolean prefersTable(int steps, long tokensOfLane) {
        long count = Math.multiplyExact(tokensOfLane, (long) spec.lanes());
        return backend.prefersTable(model.forwardSpec(steps, spec.lanes()), vocabularySize, count);
    }

    private RnnPlan newPlan(int steps, InputLayer layer) {
        return backend.newRnnPlan(model.forwardSpec(steps, spec.lanes()).withTable(layer.tableSize()), null);
    }

    private void readBody() {
        inputLayer.forward();
        plan.forward(rnnParameters, inputLayer.input());
        plan.carryState();
    }

    private void drawBody() {
        inputLayer.forward();
        DeviceBuffer y = plan.forward(rnnParameters, inputLayer.input());
        plan.carryState();
        backend.linear(
                y,
                outputWeight,
                outputBias,
                spec.lanes(),
                model.config().hiddenSize(),
                vocabularySize,
                model.precision(),
                logits);
        backend.sample(logits, vocabularySize, spec.sampling(), clock, history, tokens);
        if (losses != null) {
            backend.softmaxCrossEntropy(logits, tokens, vocabularySize, 1, losses, null, null);
        }
        backend.advance(clock, Integer.MAX_VALUE);
    }

    /**
     * Makes these the last tokens that the repeat penalty sees.
     *
     * @param recent of every lane, the newest last; may be empty
     */
    public void setHistory(int[][] recent) {
        int window = spec.window();
        int[] ring = new int[Math.multiplyExact(spec.lanes(), window)];
        Arrays.fill(ring, -1);
        for (int lane = 0; lane < spec.lanes(); lane++) {
            int[] text = recent[lane];
            for (int age = 1; age <= Math.min(window, text.length); age++) {
                ring[lane * window + Math.floorMod(draws - age, window)] = text[text.length - age];
            }
        }
        backend.upload(ring, history);
    }

    /**
     * Reads tokens into the state, all but the last of each lane, which the next draw reads.
     *
     * @param text [count,B], at least one step
     */
    public void prompt(int[] text) {
        int lanes = spec.lanes();
        int last = text.length - lanes;
        int position = text.length / lanes > PREFILL_STEPS ? prefill(text) : 0;
        for (; position < last; position += lanes) {
            backend.upload(Arrays.copyOfRange(text, position, position + lanes), tokens);
            read.run();
        }
        backend.upload(Arrays.copyOfRange(text, last, text.length), tokens);
    }

    /** Reads as many whole chunks as there are before the last step, and returns where it stopped. */
    private int prefill(int[] text) {
        int lanes = spec.lanes();
        int chunk = Math.multiplyExact(PREFILL_STEPS, lanes);
        int position = 0;
        try (DeviceBuffer chunkTokens = backend.alloc(ElementType.INT32, chunk);
                InputLayer layer =
                        InputLayer.of(model, chunkTokens, null, prefersTable(PREFILL_STEPS, text.length / lanes));
                RnnPlan chunkPlan = newPlan(PREFILL_STEPS, layer)) {
            layer.refresh();
            chunkPlan.writeState(plan.readState());
            for (; position + chunk < text.length; position += chunk) {
                backend.upload(Arrays.copyOfRange(text, position, position + chunk), chunkTokens);
                layer.forward();
                chunkPlan.forward(rnnParameters, layer.input());
                chunkPlan.carryState();
            }
            RnnState state = chunkPlan.readState();
            plan.writeState(state);
        }
        return position;
    }

    /**
     * Draws the next token of every lane.
     *
     * @param drawn takes them, [B]
     */
    public void draw(int[] drawn) {
        draw.run();
        draws++;
        backend.download(tokens, drawn);
    }

    /** Natural logarithms of the last drawn tokens' probabilities at temperature 1, [B]. */
    public void readLogprobs(float[] logprobs) {
        backend.download(losses, lossesOnHost);
        for (int lane = 0; lane < logprobs.length; lane++) {
            logprobs[lane] = -lossesOnHost[lane];
        }
    }

    @Override
    public void close() {
        draw.close();
        read.close();
        plan.close();
        inputLayer.close();
        if (losses != null) {
            losses.close();
        }
        logits.close();
        history.close();
        tokens.close();
        clock.close();
    }
}
