package lstmgpu.api;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.data.TextInputs;
import lstmgpu.files.CacheFolder;
import lstmgpu.runs.Preset;
import lstmgpu.runs.TextChoice;
import lstmgpu.runs.TextRun;
import lstmgpu.runs.VocabularyChoice;
import lstmgpu.store.ModelDirectory;

/** How a model of a text is trained; see {@link TextModel#training}. */
public final class TextTraining extends Training<TextTraining> {
    TextTraining(Wishes wishes, TrainingListener listener) {
        super(wishes, listener);
    }

    @Override
    TextTraining with(Wishes other, TrainingListener hears) {
        return new TextTraining(other, hears);
    }

    /** tiny, small, medium or large: sizes and settings that go well together, of which others here change single ones.
     * Default: small, ten minutes for a megabyte on two cores. */
    public TextTraining preset(String name) {
        return set("--preset", name);
    }

    /** Numbers that stand for a token, E, at least 1. */
    public TextTraining embeddingSize(int numbers) {
        return set("--embedding-size", numbers);
    }

    /** Whether the embedding is the output matrix too, which makes its size the hidden size. Default: no. */
    public TextTraining tieWeights(boolean tied) {
        return set("--tie-weights", tied);
    }

    /** A file of word vectors, of GloVe or word2vec, that the embedding begins with; for the tokenizer word. */
    public TextTraining vectors(Path file) {
        return set("--vectors", file);
    }

    /** byte, char, word or bpe, or the path of a tokenizer.json of Hugging Face. Default: char. */
    public TextTraining tokenizer(String kindOrFile) {
        return set("--tokenizer", kindOrFile);
    }

    /** Only so many tokens, the most frequent ones; those that bpe learns. Default: all, and 1024 with bpe. */
    public TextTraining vocabSize(int tokens) {
        return set("--vocab-size", tokens);
    }

    /** Only tokens that come so often. Default: 1. */
    public TextTraining minFreq(int times) {
        return set("--min-freq", times);
    }

    /** With {@link #initFrom}: whether the model gets tokens for what it lacks. Default: no. */
    public TextTraining extendVocab(boolean extended) {
        return set("--extend-vocab", extended);
    }

    /** The share of the text, at its end, that is held out to judge the model, from 0 and below 1. Default: 0.1. */
    public TextTraining valFrac(double share) {
        return set("--val-frac", share);
    }

    /** The share after that, which nothing looks at. Default: 0. */
    public TextTraining testFrac(double share) {
        return set("--test-frac", share);
    }

    /** Tokens that a step looks back over, T, at least 1. */
    public TextTraining seqLength(int tokens) {
        return set("--seq-length", tokens);
    }

    /** Windows that start so many tokens apart, each from a zero state. Default: the state is carried along the text. */
    public TextTraining stepSize(int tokens) {
        return set("--step-size", tokens);
    }

    /** The probability with which a sequence begins a step from a zero state. Default: 0.02. */
    public TextTraining resetState(double probability) {
        return set("--reset-state", probability);
    }

    /** Steps between two samples of what the model writes, for {@link TrainingListener#sample}. */
    public TextTraining sampleEvery(int steps) {
        return set("--sample-every", steps);
    }

    /** What such a sample continues. */
    public TextTraining samplePrompt(String text) {
        return set("--sample-prompt", text);
    }

    /** Tokens of such a sample; 0 for none. Default: 200. */
    public TextTraining sampleLength(int tokens) {
        return set("--sample-length", tokens);
    }

    /**
     * Trains, on the thread that calls, to the end of the run.
     *
     * @param text to learn
     * @param folder for the model; missing, empty, or as {@link #overwrite} and {@link #resume} say
     * @return the model on the device, with the weights that were best on what was held out
     * @throws LstmException of kind USAGE if a setting is out of range or contradicts another, or there is a model in the
     *     folder; DATA if the text cannot be read or is too short; MEMORY if memory is short; DIVERGED if the loss
     *     diverges; DEVICE if the device cannot do what is asked for; FAILED if the folder cannot be written
     */
    public TextModel train(Device device, Text text, Path folder) {
        return train(
                device,
                text.input(),
                folder,
                text.column() == null ? wishes() : wishes().with(TextInputs.COLUMN_FLAG, text.column()),
                (files, choice) -> {
                    TextInputs inputs = new TextInputs(files, text.column());
                    return new TextRun(inputs, inputs.describe(), choice(), choice, listener()::notice);
                },
                result -> new TextModel(device, ModelDirectory.open(folder), result));
    }

    private TextChoice choice() {
        Wishes wishes = wishes();
        return new TextChoice(
                new TextChoice.Network(
                        Objects.requireNonNullElse(wishes.choice("--preset", Preset.class), Preset.SMALL),
                        wishes().stack(),
                        wishes.integer("--embedding-size"),
                        wishes.get("--tie-weights", Boolean.class),
                        wishes.get("--vectors", Path.class)),
                new TextChoice.Text(
                        vocabulary(wishes),
                        wishes.isSet("--extend-vocab"),
                        false,
                        wishes.get("--val-frac", Double.class),
                        wishes.get("--test-frac", Double.class),
                        null,
                        null,
                        CacheFolder.of(System.getenv())),
                new TextChoice.Reading(
                        wishes.integer("--seq-length"),
                        wishes.integer("--step-size"),
                        wishes.real("--reset-state"),
                        wishes.integer("--sample-every"),
                        wishes.get("--sample-prompt", String.class),
                        wishes.integer("--sample-length")));
    }

    static VocabularyChoice vocabulary(Wishes wishes) {
        return new VocabularyChoice(
                wishes.get("--tokenizer", String.class), wishes.integer("--vocab-size"), wishes.integer("--min-freq"));
    }
}
