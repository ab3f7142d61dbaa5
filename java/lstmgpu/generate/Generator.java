package lstmgpu.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.GenerationMemory;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/**
 * Continues prompts. The state after a call stays, so that the next call goes on in the same text; a new generator
 * starts from zero. The generator uses the weights as they were when it was made.
 */
public final class Generator implements AutoCloseable {
    private final Network model;
    private final Tokenizer tokenizer;
    private final GenerationSettings settings;
    private final LogitRules rules;
    private final List<WrittenSequence> sequences = new ArrayList<>();
    private final int[] newest;
    private int[] drawn;
    private float[] logprobs;
    private GenerationStep step;
    private boolean begun;
    private TextState start;
    private TextState[] ends = new TextState[0];
    private StateForm form;

    public Generator(Network model, Tokenizer tokenizer, GenerationSettings settings) {
        this(model, tokenizer, settings, new LogitRules(Map.of(), 0));
    }

    /** @param form of this model's states, found out before */
    public Generator(Network model, Tokenizer tokenizer, GenerationSettings settings, StateForm form) {
        this(model, tokenizer, settings);
        this.form = form;
    }

    /** @param rules of one generator only: they know its text */
    public Generator(Network model, Tokenizer tokenizer, GenerationSettings settings, LogitRules rules) {
        StateForm.requireTokenizer(model, tokenizer);
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.rules = rules;
        this.newest = new int[settings.numSamples()];
        for (int sequence = 0; sequence < settings.numSamples(); sequence++) {
            sequences.add(new WrittenSequence(sequence, tokenizer, settings.stop()));
        }
    }

    /** What the states of this model's texts look like; found out at the first call, from all weights. */
    public StateForm form() {
        if (form == null) {
            form = StateForm.of(model);
        }
        return form;
    }

    /**
     * Every sample goes on from there with the next call, instead of from where it is. A rule against repetitions knows
     * only the last tokens of what came before.
     *
     * @throws lstmgpu.LstmGpuException with exit code 3 if the state belongs to other weights
     */
    public void resume(TextState state) {
        state.require(form());
        start = state;
        ends = new TextState[0];
        begun = state.begun();
        Arrays.fill(newest, state.newest());
        sequences.forEach(sequence -> sequence.resume(state));
        for (int sequence = 0; sequence < newest.length; sequence++) {
            for (int token : state.recent()) {
                rules.add(sequence, token);
            }
        }
    }

    /** Where a sample is: behind its last token. */
    public TextState state(int sample) {
        if (start != null || step == null) {
            return start != null ? start : TextState.empty(form());
        }
        return ends.length > 0 && ends[sample] != null ? ends[sample] : stateNow(sample);
    }

    private TextState stateNow(int sample) {
        WrittenSequence sequence = sequences.get(sample);
        return new TextState(form(), step.state(sample), sequence.recent(), sequence.spelling(), step.draws());
    }

    /**
     * Reads the prompt, then draws until the length or a stop string is reached in every sequence. Going on after a
     * call is exact for a sequence that ended last; a sequence that stopped before the others has read tokens that are
     * not in its sample, which its {@link #state} has not.
     *
     * @param prompt tokens; where it is empty and nothing came before, the text starts as if after a line's end
     * @param sink takes the text as it grows; a character that is still incomplete at the end is left out
     * @return one sample a sequence
     */
    public List<GeneratedText> generate(int[] prompt, TextSink sink) {
        int[] text = prompt.length == 0 && !begun ? Beginning.tokens(tokenizer) : prompt;
        sequences.forEach(sequence -> sequence.begin(text, settings.length(), settings.logprobs()));
        ends = new TextState[0];
        read(text);
        int left = settings.length();
        while (left > 0 && !sequences.stream().allMatch(WrittenSequence::stopped)) {
            left -= draw(left, sink);
        }
        return sequences.stream().map(sequence -> sequence.finish(sink)).toList();
    }

    /** Tokens time by sequence: first each sequence's newest token, which the state has not seen, then the prompt. */
    private void read(int[] text) {
        int count = settings.numSamples();
        int earlier = begun ? 1 : 0;
        int[] rows = new int[Math.multiplyExact(Math.addExact(text.length, earlier), count)];
        if (begun) {
            System.arraycopy(newest, 0, rows, 0, count);
        }
        for (int i = 0; i < text.length; i++) {
            if (text[i] < 0 || text[i] >= tokenizer.vocabularySize()) {
                throw new IllegalArgumentException("no token " + text[i] + " in this vocabulary");
            }
            Arrays.fill(rows, (i + earlier) * count, (i + earlier + 1) * count, text[i]);
            for (int sequence = 0; sequence < count; sequence++) {
                rules.add(sequence, text[i]);
            }
        }
        if (step == null) {
            GenerationStep.Spec spec = settings.step();
            LogitRules editor = rules.isEmpty() ? null : rules;
            GenerationMemory.require(model, spec, editor, text.length, "--num-samples");
            step = new GenerationStep(model, spec, editor);
            drawn = new int[Math.multiplyExact(step.block(), count)];
            logprobs = new float[drawn.length];
        }
        boolean alike = !begun || start != null;
        if (start != null) {
            step.restore(start.state(), start.draws());
            start = null;
        }
        if (alike && count > 1) {
            readOnce(rows);
        } else {
            step.prompt(rows);
        }
        System.arraycopy(rows, rows.length - count, newest, 0, count);
        step.setHistory(sequences.stream().map(WrittenSequence::recent).toArray(int[][]::new));
        begun = true;
    }

    /** Where all samples are at the same place their text is read in one sequence, whose state they then have. */
    private void readOnce(int[] rows) {
        int[] text = new int[rows.length / newest.length];
        Arrays.setAll(text, i -> rows[i * newest.length]);
        GenerationStep.Spec one = new GenerationStep.Spec(
                1,
                settings.sampling(),
                GenerationSettings.PENALTY_WINDOW,
                GenerationSettings.EXPECTED_TOKENS,
                false,
                false);
        try (GenerationStep reading = new GenerationStep(model, one)) {
            reading.restore(step.state(0), 0);
            reading.prompt(text);
            step.restore(reading.state(0), step.draws());
        }
        step.prompt(Arrays.copyOfRange(rows, rows.length - newest.length, rows.length));
    }

    private int draw(int most, TextSink sink) {
        int count = step.draw(most, drawn);
        if (settings.logprobs()) {
            step.readLogprobs(logprobs);
        }
        for (int i = 0; i < count * newest.length; i++) {
            WrittenSequence sequence = sequences.get(i % newest.length);
            newest[i % newest.length] = drawn[i];
            rules.add(i % newest.length, drawn[i]);
            if (!sequence.stopped()) {
                sink.token(i % newest.length, drawn[i], logprobs[i]);
                sequence.add(drawn[i], logprobs[i], sink);
                if (sequence.stopped() && newest.length > 1) {
                    keepEnd(i % newest.length);
                }
            }
        }
        return count;
    }

    /** The others go on, and the state of this one with them. */
    private void keepEnd(int sequence) {
        if (ends.length == 0) {
            ends = new TextState[newest.length];
        }
        ends[sequence] = stateNow(sequence);
    }

    @Override
    public void close() {
        if (step != null) {
            step.close();
        }
    }
}
