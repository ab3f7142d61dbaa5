package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.cli.report.Console;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
    @TempDir
    private Path folder;

    /** What bash itself offers for the last word. */
    private List<String> complete(String line) throws IOException, InterruptedException {
        String script = CommandRun.of("completion", "bash").succeeds().out();
        Path file = Files.writeString(folder.resolve("completion"), script);
        // A function of this name stands in for the builtin, which works during a completion only.
        String ask = "source " + file + "; compopt() { :; }; COMP_WORDS=(" + line
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                + " _complete_lstm_gpu_words; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash =
                new ProcessBuilder("bash", "-c", ask).redirectErrorStream(true).start();
        String words = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), words);
        return words.lines().map(String::strip).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "lstm-gpu insp,inspect",
        "lstm-gpu train --hidden,--hidden-size",
        "lstm-gpu train --cell g,gru",
        "lstm-gpu train --schedule co,constant cosine",
        "lstm-gpu train book.txt --preset s,small",
        "lstm-gpu completion f,fish"
    })
    void bashCompletes(String line, String expected) throws Exception {
        assertEquals(List.of(expected.split(" ")), complete(line));
    }

    @Test
    void fishHasEveryCommandFlagAndChoice() {
        List<String> lines =
                CommandRun.of("completion", "fish").succeeds().out().lines().toList();
        assertTrue(lines.stream().allMatch(line -> line.startsWith("complete -c lstm-gpu ")), lines::toString);
        Program.complete(Console.ofProcess())
                .getSubcommands()
                .forEach((name, command) -> command.getCommandSpec()
                        .optionsMap()
                        .keySet()
                        .forEach(flag -> {
                            String written =
                                    flag.startsWith("--") ? "-l " + flag.substring(2) : "-s " + flag.substring(1);
                            String start = "-n '__fish_seen_subcommand_from " + name;
                            assertTrue(
                                    lines.stream()
                                            .anyMatch(
                                                    line -> (line.contains(start + "' ") || line.contains(start + "; "))
                                                            && (line + " ").contains(" " + written + " ")),
                                    name + " " + flag);
                        }));
        assertTrue(lines.stream()
                .anyMatch(line -> line.contains(
                        "-l cell -x -a 'lstm gru rnn_tanh rnn_relu lstm_coupled lstm_peephole lstm_layer_norm' -d ")));
        assertTrue(lines.stream().anyMatch(line -> line.contains("program\\'s own sources")), "quotes are escaped");
    }

    @Test
    void everyCommandsHelpIsAManualPage() {
        Program.complete(Console.ofProcess()).getSubcommands().keySet().forEach(name -> {
            String help = CommandRun.of(name, "--help").succeeds().out();
            for (String part : new String[] {"Usage: lstm-gpu " + name, "\nExit codes:\n", "\nExample"}) {
                assertTrue(help.contains(part), name + " lacks " + part.strip() + ": " + help);
            }
        });
    }

    @Test
    void anotherShellIsRefused() {
        CommandRun.of("completion", "tcsh").refuses(2, "bash, zsh, fish");
        CommandRun.of("completion").refuses(2, "SHELL");
    }
}
