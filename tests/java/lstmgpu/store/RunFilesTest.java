package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeModel() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"format_version\":1,\"task\":\"language-model\"}");
    }

    @Test
    void newestSamplesAreToldWithTheirSteps() {
        SamplesFile samples = ModelDirectory.open(folder).samples();
        RunFiles files = new RunFiles(folder);
        assertEquals(List.of(), files.read().samples());
        for (int i = 1; i <= 7; i++) {
            samples.append("step " + i, "text " + i + "\nof two lines");
        }
        List<RunFiles.Sample> read = files.read().samples();
        assertEquals(5, read.size());
        assertEquals(new RunFiles.Sample(7, "text 7\nof two lines"), read.getLast());
        samples.append("step 8", "x".repeat(100_000));
        assertEquals(List.of(), files.read().samples(), "its heading lies before what is read");
    }

    @Test
    void aStepThatNoRunReachesIsNoHeading() throws IOException {
        Files.writeString(
                folder.resolve("samples.txt"), "=== step 7 ===\na\n=== step %s ===\nb\n".formatted("9".repeat(30)));
        List<RunFiles.Sample> read = new RunFiles(folder).read().samples();
        assertEquals(1, read.size());
        assertEquals(7, read.getFirst().step());
    }

    @Test
    void whatIsDamagedIsAsItWas() throws IOException {
        RunFiles files = new RunFiles(folder);
        ModelDirectory.open(folder).metrics().append(new MetricsFile.Row(1, 1, 1, 2, 3, 0.1, 1, 1, 10, 1));
        RunFiles.Content before = files.read();
        assertEquals(1, before.rows().size());
        assertSame(before.rows(), files.read().rows(), "read again though nothing has changed");
        Files.writeString(folder.resolve("metrics.csv"), "step,epo");
        assertEquals(before.rows(), files.read().rows());
    }

    @Test
    void aLongHistoryIsThinnedButForItsJudgements() throws IOException {
        StringBuilder table =
                new StringBuilder("step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,"
                        + "gradient_norm_max,tokens_per_second,seconds\n");
        for (int step = 1; step <= 2500; step++) {
            table.append("%d,1,1,2,%s,0.1,1,1,10,1\n".formatted(step, step % 100 == 0 ? "3" : ""));
        }
        Files.writeString(folder.resolve("metrics.csv"), table);
        List<MetricsFile.Row> rows = new RunFiles(folder).read().rows();
        assertTrue(rows.size() < 1500, "there are " + rows.size());
        assertEquals(25, rows.stream().filter(row -> row.validationLoss() == 3).count(), "judgements are left out");
    }
}
