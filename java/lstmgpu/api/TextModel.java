package lstmgpu.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.Evaluator;
import lstmgpu.generate.GeneratedText;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.Scorer;
import lstmgpu.generate.StateForm;
import lstmgpu.models.InputTokens;
import lstmgpu.models.LoadedModel;
import lstmgpu.models.Unknown;
import lstmgpu.network.Network;
import lstmgpu.network.TokenMetrics;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.LanguageModelling;

/**
 * A model of a text: predicts the next token, writes, and judges texts.
 *
 * <p>Any thread may use it, as {@link Device} says; it keeps no place in any text, which is in the caller's hand as a
 * {@link TextState}.
 */
public final class TextModel extends Model {
    private final Tokenizer tokenizer;
    private final Sampling sampling;
    private final Network withoutUnknown;
    private final StateForm form;

    /** Called in {@link Device#use}. */
    TextModel(Device device, ModelDirectory directory, TrainingResult training) {
        super(device, directory, training);
        this.tokenizer = directory.tokenizer();
        this.sampling = Sampling.of(directory.generationConfig());
        this.withoutUnknown = LoadedModel.withoutUnknown(tokenizer, network().tensors())
                .map(this::network)
                .orElse(null);
        this.form = StateForm.of(writing());
    }

    /** It never writes what stands for all that the vocabulary lacks. */
    private Network writing() {
        return withoutUnknown == null ? network() : withoutUnknown;
    }

    /**
     * {@return how such a model is trained, with the program's defaults, to be changed: {@code
     * TextModel.training().preset("tiny").seed(7).train(device, text, folder)}}
     */
    public static TextTraining training() {
        return new TextTraining(Wishes.NONE, null);
    }

    /**
     * Loads a model.
     *
     * @param device on which it computes
     * @param folder that training has written, by this library or by the program lstm-gpu
     * @return the model
     * @throws LstmException as {@link Model#load}, and of kind DATA if the model has learnt something else
     */
    public static TextModel load(Device device, Path folder) {
        Objects.requireNonNull(folder, "folder");
        return device.use(() -> {
            ModelDirectory directory = ModelDirectory.open(folder);
            if (!directory.task().equals(LanguageModelling.NAME)) {
                throw LstmGpuException.data(
                        "%s holds a model that has learnt '%s' and no text; name one that has learnt a text",
                        folder, directory.task());
            }
            return new TextModel(device, directory, null);
        });
    }

    /** {@return V, how many tokens it knows} */
    public int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    /**
     * {@return how the model writes where nothing is said: what its generation_config.json says, with a new seed each
     * time}
     */
    public Sampling sampling() {
        return sampling;
    }

    /** {@return a text of which nothing was read yet} */
    public TextState start() {
        return new TextState(lstmgpu.generate.TextState.empty(form));
    }

    /**
     * A state that was kept as bytes.
     *
     * @param bytes from {@link TextState#toBytes}
     * @return where that text was
     * @throws LstmException of kind DATA if they are damaged or of another model
     */
    public TextState state(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        return LstmException.told(() -> new TextState(lstmgpu.generate.TextState.of(bytes, form)));
    }

    /**
     * Begins a text and writes it on.
     *
     * @param prompt to continue; empty for the beginning of a line
     * @param how it is written on
     * @return what was written, without the prompt
     * @throws LstmException as {@link #generate(TextState, String, Sampling, TextListener)}
     */
    public String generate(String prompt, Sampling how) {
        return generate(start(), prompt, how, _ -> {}).text();
    }

    /**
     * Goes on with a text.
     *
     * @param from where it is, {@link #start} for a new one; stays as it is
     * @param prompt read before anything is written; may be empty
     * @param how it is written on
     * @param listener hears every token and every piece of text as it comes
     * @return what was written and where the text is now
     * @throws LstmException of kind USAGE if the sampling is out of range, DATA if the state is of another model or the
     *     prompt has what the vocabulary lacks and has no token for, MEMORY if memory is short
     */
    public Written generate(TextState from, String prompt, Sampling how, TextListener listener) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(listener, "listener");
        return use(() -> {
            GenerationSettings settings = how.settings(true);
            boolean begins = !from.inner().begun();
            String before = begins && how.prime() ? Beginning.text(tokenizer) : "";
            int[] tokens = Unknown.encode(tokenizer, before + prompt, "the prompt", Notices::say);
            try (Generator generator = new Generator(writing(), tokenizer, settings, form)) {
                generator.resume(from.inner());
                GeneratedText text =
                        generator.generate(tokens, new Pieces(listener)).getFirst();
                List<TextListener.Token> drawn = IntStream.range(0, text.tokens().length)
                        .mapToObj(i -> new TextListener.Token(text.tokens()[i], text.logprobs()[i]))
                        .toList();
                TextState state = new TextState(generator.state(0));
                return new Written(text.text(), drawn, text.stopped(), settings.seed(), state);
            }
        });
    }

    /**
     * How probable the model finds every token of a text from the second on, read from a zero state.
     *
     * @param text of two tokens or more
     * @return every token but the first, which nothing predicts
     * @throws LstmException of kind DATA if it cannot be read or is too short
     */
    public List<ScoredToken> score(Text text) {
        List<ScoredToken> scores = new ArrayList<>();
        score(text, scores::add);
        return List.copyOf(scores);
    }

    /**
     * As {@link #score(Text)} for texts of any length.
     *
     * @param text of two tokens or more
     * @param each hears the tokens in order while the text is read
     * @throws LstmException as {@link #score(Text)}
     */
    public void score(Text text, Consumer<ScoredToken> each) {
        Objects.requireNonNull(each, "each");
        read(text, tokens -> {
            Scorer.score(
                    network(),
                    tokenizer,
                    tokens,
                    token ->
                            each.accept(new ScoredToken(token.position(), token.id(), token.token(), token.logprob())));
            return null;
        });
    }

    /**
     * How well the model predicts a text, read once from a zero state; every token but the first counts. The metrics
     * are perplexity, bits_per_character, bits_per_byte and accuracy.
     *
     * @param text of two tokens or more
     * @return the loss in nats per token, and the metrics
     * @throws LstmException of kind DATA if it cannot be read or is too short
     */
    public Evaluation evaluate(Text text) {
        return read(
                text, tokens -> Evaluation.of(Evaluator.evaluate(network(), tokenizer, tokens), TokenMetrics.MEASURES));
    }

    private <R> R read(Text text, Function<EvaluationText, R> reading) {
        Objects.requireNonNull(text, "text");
        return use(() -> text.input().use(files -> {
            Examiner.Reading way =
                    new Examiner.Reading(text.column(), false, CacheFolder.of(System.getenv()), Notices::say);
            try (TokenFile tokens = InputTokens.of(files, tokenizer, way)) {
                EvaluationText all = EvaluationText.of(tokens, InputFiles.describe(files));
                return tokens.use(() -> reading.apply(all));
            }
        }));
    }

    @Override
    void release() {
        if (withoutUnknown != null) {
            withoutUnknown.close();
        }
    }
}
