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

    public Generator(Network model, Tokenizer tokenizer, GenerationSettings settings) {
        this(model, tokenizer, settings, new LogitRules(Map.of(), 0));
    }

    /** @param rules of one generator only: they know its text */
    public Generator(Network model, Tokenizer tokenizer, GenerationSettings settings, LogitRules rules) {
        if (model.config().vocabularySize() != tokenizer.vocabularySize()) {
            throw lstmgpu.LstmGpuException.data(
                    "the model knows %d tokens and its tokenizer %d; they belong to different models",
                    model.config().vocabularySize(), tokenizer.vocabularySize());
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.rules = rules;
        this.newest = new int[settings.numSamples()];
        for (int sequence = 0; sequence < settings.numSamples(); sequence++) {
            sequences.add(new WrittenSequence(sequence, tokenizer, settings.stop()));
        }
    }

    /**
     * Reads the prompt, then draws until the length or a stop string is reached in every sequence. Going on after a
     * call is exact for a sequence that ended last; a sequence that stopped before the others has read tokens that are
     * not in its sample.
     *
     * @param prompt tokens; where it is empty and nothing came before, the text starts as if after a line's end
     * @param sink takes the text as it grows; a character that is still incomplete at the end is left out
     * @return one sample a sequence
     */
    public List<GeneratedText> generate(int[] prompt, TextSink sink) {
        int[] text = prompt.length == 0 && !begun ? Beginning.tokens(tokenizer) : prompt;
        sequences.forEach(sequence -> sequence.begin(text, settings.length(), settings.logprobs()));
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
            GenerationStep.Spec spec = settings.step(text.length);
            LogitRules editor = rules.isEmpty() ? null : rules;
            GenerationMemory.require(model, spec, editor, text.length, "--num-samples");
            step = new GenerationStep(model, spec, editor);
            drawn = new int[Math.multiplyExact(step.block(), count)];
            logprobs = new float[drawn.length];
        }
        step.prompt(rows);
        System.arraycopy(rows, rows.length - count, newest, 0, count);
        step.setHistory(sequences.stream().map(WrittenSequence::recent).toArray(int[][]::new));
        begun = true;
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
                sequence.add(drawn[i], logprobs[i], sink);
            }
        }
        return count;
    }

    @Override
    public void close() {
        if (step != null) {
            step.close();
        }
    }
}
