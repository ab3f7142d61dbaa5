package lstmgpu.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.flags.InputFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.TextInputs;
import lstmgpu.data.TokenFile;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.AtomicFiles;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.ScoredToken;
import lstmgpu.generate.Scorer;
import lstmgpu.inspect.SurpriseMap;
import lstmgpu.models.InputTokens;
import lstmgpu.models.LoadedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how probable a model finds every token of a text. */
@Command(
        name = "score",
        customSynopsis = "lstm-gpu score MODEL INPUT... [FLAGS]",
        description = "Prints every token's log-probability (natural logarithm) given all tokens before" + " it.",
        footer = {
            "",
            "Without --json a line has position, identifier, log-probability and token, with tabs" + " between them.",
            "",
            "Example:",
            "  lstm-gpu score runs/book line.txt | sort -t \"$(printf '\\t')\" -k3 -g | head    the"
                    + " biggest surprises",
            "  lstm-gpu score runs/book chapter.txt --html chapter.html    the same to look at",
            "  lstm-gpu score runs/book lines.txt --by-line   "
                    + " {\"line\":1,\"tokens\":28,\"logprob\":-51.5,\"per_token\":-1.8}"
        })
final class ScoreCommand extends ProgramCommand {
    /** Tokens between two looks at whether anybody still reads. */
    private static final int FLUSH_EVERY = 256;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "INPUT",
            description = "Files, folders or patterns in quotes, read as one text; - is standard input.")
    List<Path> inputs;

    @Mixin
    InputFlags input;

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    /** What comes out. */
    @FlagSection("Output")
    static final class OutputFlags {
        @Option(names = "--json", description = "One JSON object a token: position, id, token, logprob.")
        boolean json;

        @Option(
                names = "--html",
                paramLabel = "FILE",
                description = "Write a page instead that colours the text by surprise.")
        Path html;

        @Option(
                names = "--by-line",
                description =
                        "One JSON object a line of the text, or a record with --text-column, each read by itself from"
                            + " a zero state, as if after a line end: line, tokens, logprob (of all of them, without"
                            + " the line end), per_token.")
        boolean byLine;
    }

    ScoreCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (output.json && output.html != null) {
            throw LstmGpuException.usage("--html writes a page and --json prints lines; choose one");
        }
        if (output.byLine && output.html != null) {
            throw LstmGpuException.usage("--html colours a text as a whole and --by-line takes it apart; choose one");
        }
        try (StandardInput text = StandardInput.of(inputs, console)) {
            return text.use(files -> score(input.texts(files, console::say), text));
        }
    }

    private Integer score(TextInputs inputs, StandardInput standard) {
        InputFiles.check(inputs.files());
        Consumer<String> notice = line -> console.say(standard.named(line));
        if (output.byLine) {
            try (LoadedModel loaded = LoadedModel.open(path, device.choice(), console::say)) {
                new LineScores(loaded, console, notice).print(inputs);
            }
            return ExitCode.DONE.code();
        }
        try (LoadedModel loaded = LoadedModel.open(path, device.choice(), console::say);
                TokenFile tokens =
                        InputTokens.of(inputs.files(), loaded.tokenizer(), reading(inputs.column(), false, notice))) {
            EvaluationText text = EvaluationText.of(tokens, standard.named(inputs.describe()));
            if (output.html != null) {
                draw(loaded, text);
                return ExitCode.DONE.code();
            }
            Consumer<ScoredToken> sink = token -> {
                console.print((output.json ? json(token) : line(token)) + "\n");
                if (token.position() % FLUSH_EVERY == 0) {
                    console.flush();
                }
            };
            tokens.use(() -> Scorer.score(loaded.model(), loaded.tokenizer(), text, sink));
        }
        return ExitCode.DONE.code();
    }

    private void draw(LoadedModel loaded, EvaluationText text) {
        AtomicFiles.write(output.html, bytes -> {
            Writer page = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
            SurpriseMap map = new SurpriseMap(page, loaded.tokenizer(), text.source());
            map.first(text.token(0));
            try {
                Scorer.score(loaded.model(), loaded.tokenizer(), text, token -> {
                    try {
                        map.next(token);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                });
            } catch (UncheckedIOException failure) {
                throw failure.getCause();
            }
            map.finish();
            page.flush();
        });
    }

    private static String json(ScoredToken token) {
        return JsonLines.line(JsonLines.object()
                .put("position", token.position())
                .put("id", token.id())
                .put("token", token.token())
                .put("logprob", token.logprob()));
    }

    private static String line(ScoredToken token) {
        return "%d\t%d\t%.6f\t%s"
                .formatted(token.position(), token.id(), token.logprob(), Printable.token(token.token()));
    }
}
