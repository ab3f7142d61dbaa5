package lstmgpu.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Generator;
import lstmgpu.models.Unknown;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Prompts and answers in turn, as one text that goes on. */
final class Conversation {
    private final Generator generator;
    private final Tokenizer tokenizer;
    private final Console console;
    private String before;

    /** @param before what stands before the first line in the text */
    Conversation(Generator generator, Tokenizer tokenizer, String before, Console console) {
        this.generator = generator;
        this.tokenizer = tokenizer;
        this.before = before;
        this.console = console;
    }

    /** Where the next prompt comes from. */
    private interface Lines {
        /** The next line, or null at the end. */
        String next() throws IOException;
    }

    void run() {
        try {
            if (console.process() && isTerminal()) {
                console.say("Type the beginning of a text; Ctrl-D ends.");
                try (Terminal terminal =
                        TerminalBuilder.builder().system(true).dumb(true).build()) {
                    LineReader reader =
                            LineReaderBuilder.builder().terminal(terminal).build();
                    reader.setOpt(LineReader.Option.DISABLE_EVENT_EXPANSION);
                    answer(() -> line(reader));
                }
            } else {
                BufferedReader reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
                answer(reader::readLine);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** JDK 25 has no {@code System.console()} again where there is no terminal; JDK 22 to 24 always had one. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        java.io.Console system = System.console();
        return system != null && system.isTerminal();
    }

    private static String line(LineReader reader) {
        try {
            return reader.readLine("> ");
        } catch (EndOfFileException | UserInterruptException end) {
            return null;
        }
    }

    private void answer(Lines lines) throws IOException {
        for (String line = lines.next(); line != null; line = lines.next()) {
            int[] tokens;
            try {
                tokens = Unknown.encode(tokenizer, before + line, "the line", console::say);
            } catch (LstmGpuException refused) {
                console.say(refused.getMessage());
                continue;
            }
            before = "";
            generator.generate(tokens, (sample, bytes) -> {
                console.print(bytes);
                console.flush();
            });
            console.print("\n");
            console.flush();
        }
    }
}
