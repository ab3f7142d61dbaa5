package lstmgpu.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
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

    /**
     * {@return these settings on another base: sizes and settings that go well together, of which others here change
     * single ones}
     *
     * @param name tiny, small, medium or large. Default: small, ten minutes for a megabyte on two cores
     */
    public TextTraining preset(String name) {
        return set("--preset", name);
    }

    /**
     * {@return these settings with another E, the numbers that stand for a token}
     *
     * @param numbers at least 1
     */
    public TextTraining embeddingSize(int numbers) {
        return set("--embedding-size", numbers);
    }

    /**
     * {@return these settings with or without the embedding as output matrix, which makes its size the hidden size}
     *
     * @param tied whether it is both. Default: no
     */
    public TextTraining tieWeights(boolean tied) {
        return set("--tie-weights", tied);
    }

    /**
     * {@return these settings with an adaptive softmax, for large vocabularies: over the frequent tokens and clusters
     * of the rare ones}
     *
     * @param cutoffs the first token of each cluster, rising. Default: what the frequencies make cheapest
     */
    public TextTraining adaptiveSoftmax(int... cutoffs) {
        TextTraining adaptive = set("--softmax", "adaptive");
        return cutoffs.length == 0
                ? adaptive
                : adaptive.set("--cutoffs", IntStream.of(cutoffs).boxed().toList());
    }

    /**
     * {@return these settings with word vectors that the embedding begins with; for the tokenizer word}
     *
     * @param file of GloVe or word2vec
     */
    public TextTraining vectors(Path file) {
        return set("--vectors", file);
    }

    /**
     * {@return these settings with another tokenizer}
     *
     * @param kindOrFile byte, char, word or bpe, or the path of a tokenizer.json of Hugging Face. Default: char
     */
    public TextTraining tokenizer(String kindOrFile) {
        return set("--tokenizer", kindOrFile);
    }

    /**
     * {@return these settings with only the most frequent tokens, or those that bpe learns}
     *
     * @param tokens how many of them. Default: all, and 1024 with bpe
     */
    public TextTraining vocabSize(int tokens) {
        return set("--vocab-size", tokens);
    }

    /**
     * {@return these settings with only tokens that come often enough}
     *
     * @param times that a token comes at least. Default: 1
     */
    public TextTraining minFreq(int times) {
        return set("--min-freq", times);
    }

    /**
     * {@return these settings with or without tokens for what the model of {@link #initFrom} lacks}
     *
     * @param extended whether it gets them. Default: no
     */
    public TextTraining extendVocab(boolean extended) {
        return set("--extend-vocab", extended);
    }

    /**
     * {@return these settings with another part, at the text's end, held out to judge the model}
     *
     * @param share of the text, from 0 and below 1. Default: 0.1
     */
    public TextTraining valFrac(double share) {
        return set("--val-frac", share);
    }

    /**
     * {@return these settings with a text of its own to judge the model by, so that it trains on all of the other}
     *
     * @param file as {@link Text#files} takes it, with the same {@link Text#column}
     */
    public TextTraining val(Path file) {
        return set("--val", file);
    }

    /**
     * {@return these settings with a part, behind the one held out, that nothing looks at}
     *
     * @param share of the text, from 0 and below 1. Default: 0
     */
    public TextTraining testFrac(double share) {
        return set("--test-frac", share);
    }

    /**
     * {@return these settings with another T, the tokens that a step looks back over}
     *
     * @param tokens at least 1
     */
    public TextTraining seqLength(int tokens) {
        return set("--seq-length", tokens);
    }

    /**
     * {@return these settings with windows, each from a zero state}
     *
     * @param tokens between the starts of two of them. Default: 0, the state is carried along the text
     */
    public TextTraining stepSize(int tokens) {
        return set("--step-size", tokens);
    }

    /**
     * {@return these settings with sequences that begin some steps from a zero state}
     *
     * @param probability with which one does, from 0 to 1. Default: 0.02
     */
    public TextTraining resetState(double probability) {
        return set("--reset-state", probability);
    }

    /**
     * {@return these settings with steps of random lengths} Most read about {@link #seqLength} tokens, one of twenty
     * half as many (Merity, Keskar and Socher 2017).
     *
     * @param varies whether they do. Default: all steps are alike
     */
    public TextTraining varyLength(boolean varies) {
        return set("--vary-length", varies);
    }

    /**
     * {@return these settings with samples of what the model writes at other times, for {@link
     * TrainingListener#sample}}
     *
     * @param steps between two of them
     */
    public TextTraining sampleEvery(int steps) {
        return set("--sample-every", steps);
    }

    /**
     * {@return these settings with another beginning of samples}
     *
     * @param text which they continue
     */
    public TextTraining samplePrompt(String text) {
        return set("--sample-prompt", text);
    }

    /**
     * {@return these settings with samples of another length}
     *
     * @param tokens of each; 0 for no samples. Default: 200
     */
    public TextTraining sampleLength(int tokens) {
        return set("--sample-length", tokens);
    }

    /**
     * Trains, on the thread that calls, to the end of the run.
     *
     * @param device on which it trains, and the model then lies
     * @param text to learn
     * @param folder for the model; missing, empty, or as {@link #overwrite} and {@link #resume} say
     * @return the model on the device, with the weights that were best on what was held out
     * @throws LstmException of kind USAGE if a setting is out of range or contradicts another, or there is a model in
     *     the folder; DATA if the text cannot be read or is too short; MEMORY if memory is short; DIVERGED if the loss
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
                    return new TextRun(inputs, inputs.describe(), choice(text.column()), choice, listener()::notice);
                },
                result -> new TextModel(device, ModelDirectory.open(folder), result));
    }

    private TextChoice choice(String column) {
        Wishes wishes = wishes();
        Path own = wishes.get("--val", Path.class);
        return new TextChoice(
                new TextChoice.Network(
                        Objects.requireNonNullElse(wishes.choice("--preset", Preset.class), Preset.SMALL),
                        wishes().stack(),
                        wishes.integer("--embedding-size"),
                        wishes.get("--tie-weights", Boolean.class),
                        wishes.softmax(),
                        wishes.get("--vectors", Path.class)),
                new TextChoice.Text(
                        vocabulary(wishes),
                        wishes.isSet("--extend-vocab"),
                        false,
                        wishes.get("--val-frac", Double.class),
                        wishes.get("--test-frac", Double.class),
                        own == null ? null : new TextInputs(List.of(own), column),
                        null,
                        CacheFolder.of(System.getenv())),
                new TextChoice.Reading(
                        wishes.integer("--seq-length"),
                        wishes.integer("--step-size"),
                        wishes.real("--reset-state"),
                        wishes.get("--vary-length", Boolean.class),
                        wishes.integer("--sample-every"),
                        wishes.get("--sample-prompt", String.class),
                        wishes.integer("--sample-length")));
    }

    static VocabularyChoice vocabulary(Wishes wishes) {
        return new VocabularyChoice(
                wishes.get("--tokenizer", String.class), wishes.integer("--vocab-size"), wishes.integer("--min-freq"));
    }
}
