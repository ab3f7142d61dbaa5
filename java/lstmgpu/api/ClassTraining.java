package lstmgpu.api;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.backend.Pooling;
import lstmgpu.runs.ClassChoice;
import lstmgpu.runs.ClassRun;
import lstmgpu.store.ModelDirectory;

/** How a model that tells the class of a text is trained; see {@link ClassModel#training}. */
public final class ClassTraining extends Training<ClassTraining> {
    private static final double VALIDATION = 0.1;

    ClassTraining(Wishes wishes, TrainingListener listener) {
        super(wishes, listener);
    }

    @Override
    ClassTraining with(Wishes other, TrainingListener hears) {
        return new ClassTraining(other, hears);
    }

    /**
     * {@return these settings with another way to make one vector of the outputs of a text's steps}
     *
     * @param name last, mean or max. Default: max
     */
    public ClassTraining pooling(String name) {
        return set("--pooling", name);
    }

    /**
     * {@return these settings with texts read in one direction or in both}
     *
     * @param both whether in both. Default: no
     */
    public ClassTraining bidirectional(boolean both) {
        return set("--bidirectional", both);
    }

    /**
     * {@return these settings with more or less of a text read; what is longer loses its end}
     *
     * @param tokens at least 1. Default: 512
     */
    public ClassTraining maxLength(int tokens) {
        return set("--max-length", tokens);
    }

    /**
     * {@return these settings with classes that count differently in the loss}
     *
     * @param weights balanced, or LABEL=WEIGHT,... Default: every text counts alike
     */
    public ClassTraining classWeights(String weights) {
        return set("--class-weights", weights);
    }

    /**
     * {@return these settings with another E, the numbers that stand for a token}
     *
     * @param numbers at least 1. Default: 64, or those of {@link #vectors}
     */
    public ClassTraining embeddingSize(int numbers) {
        return set("--embedding-size", numbers);
    }

    /**
     * {@return these settings with word vectors that the embedding begins with}
     *
     * @param file of GloVe or word2vec
     */
    public ClassTraining vectors(Path file) {
        return set("--vectors", file);
    }

    /**
     * {@return these settings with another part of the texts of every class held out to judge the model}
     *
     * @param share of them, from 0 and below 1. Default: 0.1
     */
    public ClassTraining valFrac(double share) {
        return set("--val-frac", share);
    }

    /**
     * {@return these settings with texts of their own to judge the model by, so that it trains on all of the others}
     *
     * @param file as {@link Documents#files} takes it, with the same {@link Documents#columns}
     */
    public ClassTraining val(Path file) {
        return set("--val", file);
    }

    /**
     * {@return these settings with another tokenizer}
     *
     * @param kindOrFile byte, char, word or bpe, or the path of a tokenizer.json of Hugging Face. Default: word
     */
    public ClassTraining tokenizer(String kindOrFile) {
        return set("--tokenizer", kindOrFile);
    }

    /**
     * {@return these settings with only the most frequent tokens, or those that bpe learns}
     *
     * @param tokens how many of them. Default: all, and 1024 with bpe
     */
    public ClassTraining vocabSize(int tokens) {
        return set("--vocab-size", tokens);
    }

    /**
     * {@return these settings with only tokens that come often enough}
     *
     * @param times that a token comes at least. Default: 1, and 2 of words
     */
    public ClassTraining minFreq(int times) {
        return set("--min-freq", times);
    }

    /**
     * Trains, on the thread that calls, to the end of the run.
     *
     * @param device on which it trains, and the model then lies
     * @param documents texts with labels, of two classes or more
     * @param folder for the model; missing, empty, or as {@link #overwrite} and {@link #resume} say
     * @return the model on the device, with the weights that were best on what was held out
     * @throws LstmException as {@link TextTraining#train}
     */
    public ClassModel train(Device device, Documents documents, Path folder) {
        return train(
                device,
                documents.input(),
                folder,
                documents.record(wishes()),
                (files, choice) -> new ClassRun(
                        files,
                        documents.where(),
                        TextTraining.vocabulary(wishes()),
                        wishes().stack(),
                        choice(),
                        choice,
                        listener()::notice),
                result -> new ClassModel(device, ModelDirectory.open(folder), result));
    }

    private ClassChoice choice() {
        Wishes wishes = wishes();
        return new ClassChoice(
                wishes.choice("--pooling", Pooling.class),
                wishes.get("--bidirectional", Boolean.class),
                wishes.integer("--max-length"),
                wishes.get("--class-weights", String.class),
                wishes.integer("--embedding-size"),
                wishes.get("--vectors", Path.class),
                Objects.requireNonNullElse(wishes.get("--val-frac", Double.class), VALIDATION),
                wishes.get("--val", Path.class));
    }
}
