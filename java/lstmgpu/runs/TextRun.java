package lstmgpu.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.InputFiles;
import lstmgpu.data.InputKind;
import lstmgpu.data.Split;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.Task;
import lstmgpu.task.TrainingText;
import lstmgpu.train.TrainingSettings;

/** A run that trains a language model. */
public final class TextRun implements PreparedRun {
    private final List<Path> inputs;
    private final TextChoice choice;
    private final RunChoice run;
    private final Consumer<String> notice;
    private final NetworkConfig config;
    private final TokenFile tokens;
    private final Split split;
    private final Task task;
    private final TrainingSettings settings;

    /** The vocabulary and the network of a run. */
    private record Network(Tokenizer tokenizer, NetworkConfig config) {}

    /**
     * Reads the inputs as one text.
     *
     * @param notice hears what a person should know of them
     * @throws LstmGpuException with exit code 2 if choices contradict each other, 3 if the text cannot be read, is too
     *     short, or has what the vocabulary of an earlier model lacks
     */
    public TextRun(List<Path> inputs, TextChoice choice, TrainingChoice training, Consumer<String> notice) {
        this.inputs = List.copyOf(inputs);
        this.choice = choice;
        this.run = training.run();
        this.notice = notice;
        check();
        TrainingSettings asked = choice.reading()
                .in(training.settings(
                        choice.network().preset().settings(),
                        choice.network().stack().initialisation()));
        Network network = network();
        this.config = network.config;
        TextChoice.Text text = choice.text();
        this.tokens = TextFiles.tokenize(inputs, network.tokenizer, new TokenizeOptions(text.lines(), text.cache()));
        try {
            tell(network.tokenizer);
            this.split = Split.of(tokens.length(), text.validationFraction(), text.testFraction());
            TrainingText parts = TrainingText.of(tokens, split, InputFiles.describe(inputs));
            this.task = new LanguageModelling(network.tokenizer, parts);
            this.settings =
                    training.fitting(asked, task, choice.network().preset().length());
        } catch (RuntimeException failure) {
            tokens.close();
            throw failure;
        }
    }

    private void check() {
        if (choice.text().extendVocabulary() && run.initFrom() == null) {
            throw LstmGpuException.usage("--extend-vocab needs --init-from, whose vocabulary it makes larger");
        }
        InputFiles.check(inputs);
        Unknown.reportEmpty(inputs, notice);
        inputs.stream().map(InputKind::notice).filter(Objects::nonNull).limit(1).forEach(notice);
    }

    private void tell(Tokenizer tokenizer) {
        if (run.initFrom() == null || !tokenizer.leavesOut()) {
            Unknown.report(tokens, InputFiles.describe(inputs), notice);
        }
        if (run.initFrom() != null
                && tokens.unknownTotal() > 0
                && !choice.text().extendVocabulary()) {
            requireVocabulary(tokenizer);
        }
    }

    /** A text of which parts would get no token is not the one that the model would learn. */
    private void requireVocabulary(Tokenizer tokenizer) {
        if (tokenizer.leavesOut()) {
            throw LstmGpuException.data(
                    "%s: %s something that %s has never seen: %s; --extend-vocab gives it tokens for" + " them",
                    InputFiles.describe(inputs),
                    Unknown.places(tokens.unknownTotal()),
                    run.initFrom(),
                    Unknown.list(tokens.unknown()));
        }
        notice.accept("--extend-vocab would give the model tokens for them");
    }

    private Network network() {
        TextChoice.Text text = choice.text();
        if (run.initFrom() != null && text.vocabulary().isGiven()) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer of %s too; leave out --tokenizer, --vocab-size"
                            + " and --min-freq",
                    run.initFrom());
        }
        ModelDirectory earlier = run.earlier();
        if (earlier == null) {
            Tokenizer tokenizer = Vocabulary.build(
                    text.vocabulary().tokenizer(CharTokenizer.KIND),
                    inputs,
                    text.vocabulary().options(1, text.lines()));
            return new Network(tokenizer, choice.network().config(tokenizer.vocabularySize()));
        }
        Network network = new Network(earlier.tokenizer(), choice.network().configOf(earlier.config(), run.owner()));
        return text.extendVocabulary() ? extended(network) : network;
    }

    private Network extended(Network earlier) {
        Tokenizer tokenizer =
                Vocabulary.extend(earlier.tokenizer, inputs, choice.text().lines());
        int before = earlier.tokenizer.vocabularySize();
        notice.accept(
                tokenizer.vocabularySize() == before
                        ? "the vocabulary of %s has all of the text already".formatted(run.initFrom())
                        : "the vocabulary grows from %,d to %,d tokens".formatted(before, tokenizer.vocabularySize()));
        return new Network(tokenizer, earlier.config.withVocabulary(tokenizer.vocabularySize()));
    }

    @Override
    public NetworkConfig config() {
        return config;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public TrainingSettings settings() {
        return settings;
    }

    @Override
    public String split() {
        return "%s to train, %,d held out, %,d to test"
                .formatted(Count.of(split.train(), "token"), split.validation(), split.test());
    }

    @Override
    public void close() {
        tokens.close();
    }
}
