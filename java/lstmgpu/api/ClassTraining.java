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

    /** How the outputs of a text's steps become one vector: last, mean or max. Default: max. */
    public ClassTraining pooling(String name) {
        return set("--pooling", name);
    }

    /** Whether every text is read in both directions. Default: no. */
    public ClassTraining bidirectional(boolean both) {
        return set("--bidirectional", both);
    }

    /** Tokens of a text that are read; what is longer loses its end. Default: 512. */
    public ClassTraining maxLength(int tokens) {
        return set("--max-length", tokens);
    }

    /** How much each class counts in the loss: balanced, or LABEL=WEIGHT,... Default: every text alike. */
    public ClassTraining classWeights(String weights) {
        return set("--class-weights", weights);
    }

    /** Numbers that stand for a token, E, at least 1. Default: 64, or those of {@link #vectors}. */
    public ClassTraining embeddingSize(int numbers) {
        return set("--embedding-size", numbers);
    }

    /** A file of word vectors to begin with, of GloVe or word2vec. */
    public ClassTraining vectors(Path file) {
        return set("--vectors", file);
    }

    /** The share of the texts of every class that is held out to judge the model, from 0 and below 1. Default: 0.1. */
    public ClassTraining valFrac(double share) {
        return set("--val-frac", share);
    }

    /** byte, char, word or bpe, or the path of a tokenizer.json of Hugging Face. Default: word. */
    public ClassTraining tokenizer(String kindOrFile) {
        return set("--tokenizer", kindOrFile);
    }

    /** Only so many tokens, the most frequent ones; those that bpe learns. Default: all, and 1024 with bpe. */
    public ClassTraining vocabSize(int tokens) {
        return set("--vocab-size", tokens);
    }

    /** Only tokens that come so often. Default: 1, and 2 of words. */
    public ClassTraining minFreq(int times) {
        return set("--min-freq", times);
    }

    /**
     * Trains, on the thread that calls, to the end of the run.
     *
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
                null);
    }
}
