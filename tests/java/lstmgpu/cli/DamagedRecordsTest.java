package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.models.Tasks;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.RunRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A damaged byte of the files that people may edit is noticed by their check sums, or, in metrics.csv, is another
 * number; then one sentence names the file. Never a stack trace.
 */
class DamagedRecordsTest {
    private static final int FLIPS = 200;
    private static final int CUTS = 60;

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), TestText.rhyme(40));
        model = folder.resolve("model");
        run(text, "--max-steps", "6").succeeds();
    }

    private static CommandRun run(Path text, String... more) {
        String[] flags = {
            "train",
            text.toString(),
            "-o",
            model.toString(),
            "--preset",
            "tiny",
            "--hidden-size",
            "8",
            "--embedding-size",
            "4",
            "--batch-size",
            "2",
            "--seq-length",
            "5",
            "--eval-every",
            "2",
            "--save-every",
            "3",
            "--sample-every",
            "3",
            "--sample-length",
            "5",
            "--progress",
            "none",
            "--device",
            "cpu",
            "--threads",
            "1"
        };
        String[] all = Arrays.copyOf(flags, flags.length + more.length);
        System.arraycopy(more, 0, all, flags.length, more.length);
        return CommandRun.of(all);
    }

    /** All that reads these files. */
    private static void read() {
        try (ModelDirectory directory = ModelDirectory.open(model)) {
            directory.generationConfig();
            directory.metrics();
            RunRecord.settings(directory);
            ComparedRun.of(model, directory, Tasks.ALL);
            RecordedFlags.inputs(model, RunWords.TEXTS);
            RecordedFlags.read(model, _ -> false);
        }
    }

    private static boolean isRefused(String name, String damage) {
        try {
            read();
            return false;
        } catch (LstmGpuException refusal) {
            assertEquals(ExitCode.DATA, refusal.exitCode(), damage + ": " + refusal.getMessage());
            assertTrue(refusal.getMessage().contains(name), damage + ": " + refusal.getMessage());
            assertFalse(refusal.getMessage().contains("\n"), damage + ": " + refusal.getMessage());
            return true;
        } catch (RuntimeException | Error trace) {
            throw new AssertionError(damage + " ends in " + trace, trace);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"generation_config.json", "run.json", "metrics.csv"})
    void damageIsReadOrRefused(String name) throws IOException {
        Path file = model.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < FLIPS + CUTS; i++) {
            int place = random.nextInt(whole.length);
            byte[] damaged = i < FLIPS ? whole.clone() : Arrays.copyOf(whole, place);
            if (i < FLIPS) {
                damaged[place] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            Files.write(file, damaged);
            refused +=
                    isRefused(name, "seed %d: %s %s at %d".formatted(seed, name, i < FLIPS ? "flipped" : "cut", place))
                            ? 1
                            : 0;
        }
        Files.write(file, whole);
        read();
        // Unnoticed is only what damages the name of the check sum itself.
        double least = name.equals("metrics.csv") ? CUTS / 4.0 : 0.9 * (FLIPS + CUTS);
        assertTrue(refused > least, name + " is looked at: " + refused);
    }

    /** Samples are a log, and whatever stands in it stays there. */
    @Test
    void aShorterLogOfSamplesGoesOn() throws IOException {
        Path samples = model.resolve("samples.txt");
        byte[] whole = Files.readAllBytes(samples);
        Files.write(samples, Arrays.copyOf(whole, whole.length / 2));
        CommandRun.of("train", "-o", model.toString(), "--resume", "--max-steps", "9", "--progress", "none")
                .succeeds();
        assertTrue(Files.readString(samples).contains("=== step 9 ==="));
    }
}
