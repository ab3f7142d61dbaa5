package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.flags.PromptFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.input.InputFiles;
import lstmgpu.generate.BeamSearch;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.GeneratedText;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.LogitRules;
import lstmgpu.models.LoadedModel;
import lstmgpu.models.Rounding;
import lstmgpu.store.GenerationConfig;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Continues a text. */
@Command(
        name = "generate",
        customSynopsis = "lstm-gpu generate MODEL [FLAGS]",
        description = "Continues a text with a trained model, on standard output as it is written.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu generate runs/book -p \"Once upon a time\" -n 300",
            "  echo \"ROMEO:\" | lstm-gpu generate runs/book -f - --temperature 0.6 --stop JULIET",
            "  lstm-gpu generate runs/book --interactive",
            "  lstm-gpu generate runs/book --num-samples 5 --format jsonl"
        })
final class GenerateCommand extends ProgramCommand {
    /** What comes out. */
    enum Format {
        TEXT,
        JSONL
    }

    /** How the next token is chosen. */
    @FlagSection("Sampling")
    static final class SamplingFlags {
        @Option(
                names = {"--temperature", "--temp"},
                paramLabel = "X",
                description = "Below 1 safer, above 1 wilder, 0 always the most probable token. Default:" + " 0.8.")
        Float temperature;

        @Option(
                names = "--top-k",
                paramLabel = "N",
                description = "Only the N most probable tokens; 0 means all. Default: 0.")
        Integer topK;

        @Option(
                names = "--top-p",
                paramLabel = "P",
                description = "Only the most probable tokens that together reach P; 1 means all. Default:" + " 1.")
        Float topP;

        @Option(
                names = "--min-p",
                paramLabel = "P",
                description = "Only tokens at least P times as probable as the most probable one." + " Default: 0.")
        Float minP;

        @Option(
                names = "--beams",
                defaultValue = "0",
                paramLabel = "N",
                description =
                        "Look for the most probable text, keeping the N best at every token, instead of drawing one.")
        int beams;

        @Option(names = "--greedy", description = "Always the most probable token.")
        boolean greedy;

        @Option(
                names = "--repeat-penalty",
                paramLabel = "X",
                description = "Above 1, the last 64 tokens become less probable. Default: 1.")
        Float repeatPenalty;

        @Option(
                names = {"--no-repeat-ngram", "--no-repeat-ngram-size"},
                defaultValue = "0",
                paramLabel = "N",
                description = "No N tokens in a row come twice; 0 means off. Default: ${DEFAULT-VALUE}.")
        int noRepeatNgram;

        @Option(
                names = "--logit-bias",
                paramLabel = "TOKEN=X",
                description = "Add X to the logit of a token, for example 'e=-2'; may be given several times.")
        List<String> logitBias = new ArrayList<>();

        @Option(
                names = "--allow-unk",
                description = "Also write <unk>, which stands for all that the vocabulary lacks.")
        boolean allowUnknown;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "The same seed, the same text. Default: a new one each time.")
        Long seed;
    }

    /** How the text comes out. */
    @FlagSection("Output")
    static final class OutputFlags {
        @Option(names = "--no-stream", description = "Print the text when it is complete.")
        boolean noStream;

        @Option(names = "--echo", description = "Print the prompt too.")
        boolean echo;

        @Option(
                names = {"-i", "--interactive"},
                description = "Read prompts one after the other; the text goes on from each to the next.")
        boolean interactive;

        @Option(
                names = "--format",
                defaultValue = "text",
                paramLabel = "NAME",
                description = "text, or jsonl: one object a sample with text, tokens (identifiers) and"
                        + " seed. Default: text.")
        Format format;

        @Option(
                names = "--novelty",
                paramLabel = "FILE",
                description = "Say on standard error how much of every sample stands verbatim in this text, as a"
                        + " rule the one the model learnt from; may be given several times.")
        List<Path> novelty = new ArrayList<>();

        @Option(names = "--logprobs", description = "With jsonl: every token's log-probability too.")
        boolean logprobs;
    }

    @Parameters(paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Mixin
    PromptFlags prompt;

    @Mixin
    SamplingFlags sampling;

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    @Option(
            names = "--rnn",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, cudnn, fused or sequence (many tokens of one text in one launch): the recurrent stack"
                    + " on a GPU. Default: auto.")
    RnnImplementation rnn;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            description = "Round the matrices to bf16, or to int8 with a scale for each row: on a CPU texts are then"
                    + " written more quickly. What it costs: eval --weights.")
    RoundedWeights weights;

    GenerateCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        check();
        if (!output.novelty.isEmpty()) {
            InputFiles.check(output.novelty);
        }
        GenerationSettings settings = settings(ModelDirectory.open(path).generationConfig());
        Prompt text = output.interactive ? Prompt.NONE : Prompt.read(prompt.prompt, prompt.file, console);
        try (LoadedModel loaded = LoadedModel.open(path, device.choice(), rnn, sampling.allowUnknown, console::say)) {
            Rounding.round(loaded.model(), weights, hindrance(), console::say);
            String before = prompt.noPrime ? "" : Beginning.text(loaded.tokenizer());
            int[] tokens = text.behind(before).tokens(loaded.tokenizer(), "the prompt", console);
            if (sampling.beams != 0) {
                search(loaded, settings, echo(text), tokens);
                return ExitCode.DONE.code();
            }
            LogitRules rules =
                    new LogitRules(LogitBias.parse(sampling.logitBias, loaded.tokenizer()), sampling.noRepeatNgram);
            try (Generator generator = new Generator(loaded.model(), loaded.tokenizer(), settings, rules)) {
                if (output.interactive) {
                    new Conversation(generator, loaded.tokenizer(), before, console).run();
                } else {
                    SampleWriter writer = SampleWriter.of(output, settings, echo(text), loaded.tokenizer(), console);
                    List<GeneratedText> samples = generator.generate(tokens, writer);
                    writer.finish(samples);
                    NoveltyReport.say(samples, output.novelty, console);
                }
            }
        }
        return ExitCode.DONE.code();
    }

    /** Why rounded weights are no quicker for what is asked; null where they are. */
    private String hindrance() {
        boolean edits = !sampling.logitBias.isEmpty() || sampling.noRepeatNgram != 0;
        return edits || sampling.beams != 0 ? "--beams, --logit-bias and --no-repeat-ngram need all bits" : null;
    }

    private byte[] echo(Prompt text) {
        return output.echo ? text.bytes() : new byte[0];
    }

    private void search(LoadedModel loaded, GenerationSettings settings, byte[] echo, int[] tokens) {
        int[] start = tokens.length > 0 ? tokens : Beginning.tokens(loaded.tokenizer());
        GeneratedText found =
                new BeamSearch(loaded.model(), loaded.tokenizer(), sampling.beams).run(start, settings.length());
        SampleWriter writer = SampleWriter.of(output, settings, echo, loaded.tokenizer(), console);
        if (found.bytes().length > 0) {
            writer.accept(0, found.bytes());
        }
        writer.finish(List.of(found));
        NoveltyReport.say(List.of(found), output.novelty, console);
    }

    private void check() {
        if (sampling.beams != 0
                && (output.interactive
                        || prompt.samples != 1
                        || !prompt.stop.isEmpty()
                        || sampling.noRepeatNgram != 0
                        || !sampling.logitBias.isEmpty())) {
            throw LstmGpuException.usage("--beams looks for one text and draws nothing; leave out --interactive,"
                    + " --num-samples, --stop, --no-repeat-ngram and --logit-bias");
        }
        if (prompt.prompt != null && prompt.file != null) {
            throw LstmGpuException.usage("--prompt and --file both give the text to continue; choose one");
        }
        if (output.logprobs && output.format != Format.JSONL) {
            throw LstmGpuException.usage("--logprobs needs --format jsonl");
        }
        if (output.interactive) {
            if (prompt.samples != 1
                    || output.format != Format.TEXT
                    || prompt.prompt != null
                    || prompt.file != null
                    || !output.novelty.isEmpty()) {
                throw LstmGpuException.usage("--interactive reads its prompts itself and writes one text; leave out"
                        + " --prompt, --file, --num-samples, --format and --novelty");
            }
        }
    }

    /** A flag comes first, then what the model's directory says. */
    private GenerationSettings settings(GenerationConfig model) {
        return new GenerationSettings(
                Objects.requireNonNullElse(prompt.length, model.maxNewTokens()),
                Objects.requireNonNullElse(sampling.temperature, model.temperature()),
                Objects.requireNonNullElse(sampling.topK, model.topK()),
                Objects.requireNonNullElse(sampling.topP, model.topP()),
                Objects.requireNonNullElse(sampling.minP, model.minP()),
                sampling.greedy,
                Objects.requireNonNullElse(sampling.repeatPenalty, model.repetitionPenalty()),
                prompt.stop,
                sampling.seed != null
                        ? sampling.seed
                        : ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE),
                prompt.samples,
                output.logprobs);
    }
}
