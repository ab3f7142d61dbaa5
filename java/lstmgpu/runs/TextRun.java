package lstmgpu.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.InputKind;
import lstmgpu.data.Split;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TextInputs;
import lstmgpu.data.TokenFile;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.InputTokens;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.Task;
import lstmgpu.task.TrainingText;
import lstmgpu.task.WordVectors;
import lstmgpu.train.TrainingSettings;

/** A run that trains a language model. */
public final class TextRun implements PreparedRun {
    private final TextInputs inputs;
    private final String source;
    private final TextChoice choice;
    private final RunChoice run;
    private final Consumer<String> notice;
    private final NetworkConfig config;
    private final TokenFile tokens;
    private final TokenFile heldOut;
    private final Split split;
    private final Task task;
    private final TrainingSettings settings;

    /** The vocabulary and the network of a run; vectors of words are null where there are none. */
    private record Network(Tokenizer tokenizer, NetworkConfig config, WordVectors vectors) {}

    /**
     * Reads the inputs as one text.
     *
     * @param source what they are called in messages
     * @param notice hears what a person should know of them
     * @throws LstmGpuException with exit code 2 if choices contradict each other, 3 if the text cannot be read, is too
     *     short, or has what the vocabulary of an earlier model lacks
     */
    public TextRun(
            TextInputs inputs, String source, TextChoice choice, TrainingChoice training, Consumer<String> notice) {
        this.inputs = inputs;
        this.source = source;
        this.choice = choice;
        this.run = training.run();
        this.notice = notice;
        check();
        TrainingSettings asked = choice.reading()
                .in(training.settings(usual(training), choice.network().stack().initialisation()));
        Network network = network();
        TextChoice.Text text = choice.text();
        this.tokens = TextFiles.tokenize(inputs, network.tokenizer, new TokenizeOptions(text.lines(), text.cache()));
        TokenFile judging = null;
        try {
            tell(network.tokenizer);
            this.config = run.initFrom() == null
                    ? choice.network().softmax().of(network.config, network.tokenizer, tokens)
                    : network.config;
            if (run.initFrom() == null && config.clusters() != null) {
                notice.accept(config.clusters().line());
            }
            this.split = text.split(tokens.length());
            TrainingText parts = TrainingText.of(tokens, split, source);
            judging = text.validation() == null ? null : judging(text.validation(), network.tokenizer, notice);
            requireTest(network.tokenizer);
            this.heldOut = judging;
            this.task = new LanguageModelling(
                    network.tokenizer, judging == null ? parts : parts.judgedBy(judging), network.vectors);
            this.settings =
                    training.fitting(asked, task, choice.network().preset().length());
        } catch (RuntimeException failure) {
            tokens.close();
            if (judging != null) {
                judging.close();
            }
            throw failure;
        }
    }

    /** As {@link #TextRun(TextInputs, String, TextChoice, TrainingChoice, Consumer)} of files that are texts. */
    public TextRun(List<Path> inputs, TextChoice choice, TrainingChoice training, Consumer<String> notice) {
        this(TextInputs.of(inputs), InputFiles.describe(inputs), choice, training, notice);
    }

    private TokenFile judging(TextInputs own, Tokenizer tokenizer, Consumer<String> hears) {
        TextChoice.Text text = choice.text();
        return InputTokens.of(
                own.files(), tokenizer, new Examiner.Reading(own.column(), text.lines(), text.cache(), hears));
    }

    /** A text that cannot be measured in the end is refused before the work; what it lacks is said in the end. */
    private void requireTest(Tokenizer tokenizer) {
        TextInputs test = choice.text().test();
        if (test != null) {
            judging(test, tokenizer, _ -> {}).close();
        }
    }

    private void check() {
        if (choice.text().extendVocabulary() && run.initFrom() == null) {
            throw LstmGpuException.usage("--extend-vocab needs --init-from, whose vocabulary it makes larger");
        }
        boolean ofItsOwn =
                choice.text().vocabulary().isGiven() || choice.network().vectors() != null;
        if (run.initFrom() != null && ofItsOwn) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer and the embedding of %s too; leave out --tokenizer, --vocab-size,"
                            + " --min-freq and --vectors",
                    run.initFrom());
        }
        check(inputs);
        Unknown.reportEmpty(inputs.files(), notice);
        if (inputs.column() == null) {
            inputs.files().stream()
                    .map(InputKind::notice)
                    .filter(Objects::nonNull)
                    .limit(1)
                    .forEach(notice);
        }
        check(choice.text().validation());
        check(choice.text().test());
    }

    private static void check(TextInputs texts) {
        if (texts != null) {
            InputFiles.check(texts.files());
        }
    }

    private void tell(Tokenizer tokenizer) {
        if (run.initFrom() == null || !tokenizer.leavesOut()) {
            Unknown.report(tokens, source, notice);
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
                    source, Unknown.places(tokens.unknownTotal()), run.initFrom(), Unknown.list(tokens.unknown()));
        }
        notice.accept("--extend-vocab would give the model tokens for them");
    }

    /** What the preset says to such a network. */
    private TrainingSettings usual(TrainingChoice training) {
        Preset preset = choice.network().preset();
        StackChoice said = choice.network().stack();
        if (run.earlier() != null) {
            NetworkConfig earlier = run.earlier().config();
            return training.usual(preset, earlier.cell(), earlier.projection() > 0, earlier.layers());
        }
        Cell cell = Objects.requireNonNullElse(said.cell(), Cell.DEFAULT);
        int layers = Objects.requireNonNullElse(said.layers(), preset.stack().layers());
        return training.usual(preset, cell, said.projects(), layers);
    }

    private Network network() {
        TextChoice.Text text = choice.text();
        Path vectorFile = choice.network().vectors();
        ModelDirectory earlier = run.earlier();
        if (earlier == null) {
            Tokenizer tokenizer = Vocabulary.build(
                    text.vocabulary().tokenizer(CharTokenizer.KIND),
                    inputs,
                    text.vocabulary().options(1, text.lines()));
            WordVectors vectors = VectorChoice.read(vectorFile, tokenizer);
            int vectorSize = vectors == null ? 0 : vectors.size();
            NetworkConfig fresh = choice.network().config(tokenizer.vocabularySize(), vectorSize);
            if (vectors != null) {
                notice.accept(VectorChoice.found(vectorFile, vectors));
            }
            return new Network(tokenizer, fresh, vectors);
        }
        NetworkConfig kept = choice.network().configOf(earlier.config(), run.owner());
        Network network = new Network(earlier.tokenizer(), kept, null);
        return text.extendVocabulary() ? extended(network) : network;
    }

    private Network extended(Network earlier) {
        if (earlier.config.clusters() != null) {
            throw LstmGpuException.usage("--extend-vocab adds tokens behind the last one, and --softmax adaptive wants"
                    + " them numbered by frequency; train a new model, or leave the flag out");
        }
        Tokenizer tokenizer =
                Vocabulary.extend(earlier.tokenizer, inputs, choice.text().lines());
        int before = earlier.tokenizer.vocabularySize();
        notice.accept(
                tokenizer.vocabularySize() == before
                        ? "the vocabulary of %s has all of the text already".formatted(run.initFrom())
                        : "the vocabulary grows from %,d to %,d tokens".formatted(before, tokenizer.vocabularySize()));
        return new Network(tokenizer, earlier.config.withVocabulary(tokenizer.vocabularySize()), null);
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
        TextChoice.Text text = choice.text();
        return "%s to train, %,d held out%s, %s to test"
                .formatted(
                        Count.of(split.train(), "token"),
                        task.heldOutLength(),
                        heldOut == null ? "" : " in " + text.validation().describe(),
                        text.test() == null
                                ? "%,d".formatted(split.test())
                                : text.test().describe());
    }

    @Override
    public void close() {
        tokens.close();
        if (heldOut != null) {
            heldOut.close();
        }
    }
}
