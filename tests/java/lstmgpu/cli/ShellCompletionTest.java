package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real shells complete when Tab is pressed. */
@Execution(ExecutionMode.CONCURRENT)
class ShellCompletionTest {
    private static final Map<String, String> COMPLETED = new LinkedHashMap<>();

    static {
        COMPLETED.put("insp", "<inspect>");
        COMPLETED.put("train --hidden", "<train><--hidden-size>");
        COMPLETED.put("train --cell g", "<train><--cell><gru>");
        COMPLETED.put("train --cell=g", "<train><--cell=gru>");
        COMPLETED.put(
                "train --lr 0.1 --cell=lstm --schedule=cos", "<train><--lr><0.1><--cell=lstm><--schedule=cosine>");
        COMPLETED.put("train book.txt --preset s", "<train><book.txt><--preset><small>");
        COMPLETED.put("train --tokenizer wo", "<train><--tokenizer><word>");
        COMPLETED.put("generate models --device op", "<generate><models><--device><opencl>");
        COMPLETED.put("completion f", "<completion><fish>");
        COMPLETED.put("bench --only generate,trai", "<bench><--only><generate,train_step>");
        COMPLETED.put("train bo", "<train><book.txt>");
        COMPLETED.put("train a", "<train><a file.txt>");
        COMPLETED.put("generate models --file bo", "<generate><models><--file><book.txt>");
        COMPLETED.put("eval models --device cpu bo", "<eval><models><--device><cpu><book.txt>");
        COMPLETED.put("bench --chart bo", "<bench><--chart><book.txt>");
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void commandsFlagsValuesAndFiles(String shell) throws IOException, InterruptedException {
        boolean there = Files.isExecutable(Path.of("/usr/bin", shell)) || Files.isExecutable(Path.of("/bin", shell));
        assertTrue(there || System.getenv("CI") == null, shell + " is missing: install it");
        assumeTrue(there, "completion in " + shell + ": it is not installed");
        Path script = Files.writeString(
                folder.resolve("script"),
                CommandRun.of("completion", shell).succeeds().out());
        Path work = Files.createDirectory(folder.resolve("work"));
        Files.createFile(work.resolve("book.txt"));
        Files.createFile(work.resolve("a file.txt"));
        Files.createDirectory(work.resolve("models"));
        List<String> command = new ArrayList<>(List.of(
                "python3", Path.of("tests/completion.py").toAbsolutePath().toString(), shell, script.toString()));
        COMPLETED.keySet().forEach(line -> command.add("lstm-gpu " + line));
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        assertEquals(String.join("\n", COMPLETED.values()), out.strip());
    }
}
