package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.runs.Preset;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of flags, and where their values come from. The dry run shows what was understood. */
class FlagsTest {
    @TempDir
    Path folder;

    private Path text;

    @BeforeEach
    void writeText() throws IOException {
        text = TinyModel.text(folder);
    }

    private CommandRun dryRun(Map<String, String> environment, String... flags) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "train", text.toString(), "-o", folder.resolve("out").toString(), "--preset", "tiny", "--dry-run"));
        arguments.addAll(List.of(flags));
        return CommandRun.with(environment, "", arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--hidden-size=48", "--hidden_size=48", "--rnn-size=48", "--rnn_size=48"})
    void hiddenSizeHasSeveralNames(String flag) {
        assertTrue(dryRun(Map.of(), flag).succeeds().out().contains("lstm, 1 x 48"), flag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seq-length=9", "--seq_length=9", "--bptt=9"})
    void sequenceLengthHasSeveralNames(String flag) {
        assertTrue(dryRun(Map.of(), flag).succeeds().out().contains("x 9 tokens"), flag);
    }

    @ParameterizedTest
    @CsvSource({
        "--epochs, a, is not a whole number",
        "--epochs, 1.5, is not a whole number",
        "--epochs, 99999999999, is out of range",
        "--cutoffs, a, is not a whole number",
        "--lr, a, is not a number"
    })
    void aValueThatIsNoNumberIsNamed(String flag, String value, String what) {
        dryRun(Map.of(), flag, value).refuses(2, "'%s' %s; ".formatted(value, what));
    }

    @Test
    void dryRunWritesNothing() {
        CommandRun run = dryRun(Map.of(), "--cell", "GRU").succeeds();
        assertTrue(run.out().contains("gru"), run.out());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void parametersAreCounted() throws IOException {
        // E·V + 4H·(E + H + 2) + V·H + V
        int vocabulary = (int) Files.readString(text).chars().distinct().count();
        int expected = 8 * vocabulary + 4 * 16 * (8 + 16 + 2) + vocabulary * 16 + vocabulary;
        CommandRun run =
                dryRun(Map.of(), "--hidden-size", "16", "--embedding-size", "8").succeeds();
        assertTrue(run.out().contains("vocabulary " + vocabulary), run.out());
        assertTrue(run.out().contains("parameters  %,d".formatted(expected)), run.out());
    }

    @Test
    void tiedWeightsMakeTheEmbeddingAsWideAsTheHiddenLayer() {
        CommandRun run =
                dryRun(Map.of(), "--tie-weights", "--hidden-size", "24").succeeds();
        assertTrue(run.out().contains("embedding 24") && run.out().contains("tied"), run.out());
    }

    @Test
    void unknownFlagsGetASuggestion() {
        dryRun(Map.of(), "--hiden-size", "8").refuses(2, "--hiden-size", "did you mean --hidden-size");
        dryRun(Map.of(), "--hiden_size=8").refuses(2, "did you mean --hidden-size");
        CommandRun.of("generate", "m", "--temprature", "1").refuses(2, "did you mean --temperature");
        CommandRun.of("trian").refuses(2, "trian", "did you mean train");
        CommandRun.of("eval", "m", "t", "--xyzzy").refuses(2, "unknown flag --xyzzy");
    }

    @Test
    void valuesOfTheWrongKindAreRefused() {
        dryRun(Map.of(), "--batch-size", "many").refuses(2, "--batch-size", "many");
        dryRun(Map.of(), "--cell", "elman").refuses(2, "--cell", "lstm, gru, rnn_tanh, rnn_relu", "elman");
        dryRun(Map.of(), "--max-time", "soon").refuses(2, "--max-time", "30m");
        CommandRun.of("train", text.toString()).refuses(2, "--output is missing");
        CommandRun.of("train", "-o", "x").refuses(2, "INPUT is missing");
    }

    @Test
    void whatOnlyCudaHasIsRefusedElsewhere() {
        dryRun(Map.of(), "--device", "cpu", "--precision", "tf32").refuses(2, "--precision tf32", "CUDA");
        dryRun(Map.of(), "--device", "reference", "--precision", "bf16")
                .refuses(2, "--precision bf16 is for CUDA and the CPU only", "fp32");
        dryRun(Map.of(), "--device", "cpu", "--rnn", "cudnn").refuses(2, "--rnn cudnn", "CUDA", "--rnn auto");
        dryRun(Map.of(), "--device", "reference", "--rnn", "fused")
                .refuses(2, "--rnn fused", "CUDA and OpenCL", "reference");
        dryRun(Map.of(), "--device", "cuda", "--rnn", "cudnn", "--precision", "bf16")
                .succeeds();
        dryRun(Map.of(), "--rnn", "torch").refuses(2, "--rnn", "auto, cudnn, fused");
    }

    @Test
    void whatOnlyCudaHasIsRefusedWhereAutoFindsTheCpu() {
        RunFlags flags = new RunFlags();
        flags.rnn = RnnImplementation.CUDNN;
        Backend cpu = new CpuBackend(1);
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> flags.choice().fitting(cpu));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("--rnn cudnn needs CUDA"), refusal.getMessage());
        assertThrows(IllegalStateException.class, () -> cpu.alloc(ElementType.FLOAT32, 1), "it was closed");
        flags.rnn = RnnImplementation.AUTO;
        try (Backend other = new CpuBackend(1)) {
            assertSame(other, flags.choice().fitting(other));
            flags.precision = Precision.TF32;
            refusal = assertThrows(LstmGpuException.class, () -> flags.choice().fitting(other));
            assertTrue(refusal.getMessage().contains("--precision tf32 needs CUDA"), refusal.getMessage());
        }
    }

    @Test
    void aFlagComesBeforeTheEnvironmentBeforeTheFile() throws IOException {
        Path config = Files.writeString(
                folder.resolve("c.json"), "{\"hidden_size\": 40, \"device\": \"reference\", \"tie-weights\": false}");
        String file = "--config=" + config;
        assertTrue(dryRun(Map.of(), file).succeeds().out().contains("1 x 40"));
        assertTrue(dryRun(Map.of(), file, "--hidden-size=56").succeeds().out().contains("1 x 56"));
        assertTrue(dryRun(Map.of(), file).out().contains("device      reference"));
        Map<String, String> environment = Map.of("LSTM_GPU_DEVICE", "cpu");
        assertTrue(dryRun(environment, file).succeeds().out().contains("device      cpu"));
        assertTrue(dryRun(environment, file, "--device=auto").succeeds().out().contains("device      auto"));
    }

    @Test
    void aConfigurationFileIsChecked() throws IOException {
        Path config = folder.resolve("c.json");
        String file = "--config=" + config;
        dryRun(Map.of(), file).refuses(3, "c.json", "--config");
        Files.writeString(config, "{\"hidden-sise\": 40}");
        dryRun(Map.of(), file).refuses(2, "hidden-sise", "did you mean hidden-size");
        Files.writeString(config, "{\"hidden-size\": }");
        dryRun(Map.of(), file).refuses(3, "c.json is not JSON");
        Files.writeString(config, "[1]");
        dryRun(Map.of(), file).refuses(3, "one JSON object");
    }

    @Test
    void stepsWithoutEpochsAreTheOnlyLimit() {
        assertTrue(dryRun(Map.of(), "--max-steps", "5000").succeeds().out().contains("5,000 in all"));
        CommandRun both = dryRun(Map.of(), "--max-steps", "5000", "--epochs", "1", "--batch-size", "8")
                .succeeds();
        assertFalse(both.out().contains("5,000 in all"), both.out());
    }

    @Test
    void timeWithoutEpochsIsTheOnlyLimit() {
        assertTrue(dryRun(Map.of(), "--max-time", "25s").succeeds().out().contains("; as many as 25s take"));
        CommandRun both = dryRun(Map.of(), "--max-time", "25s", "--epochs", "2").succeeds();
        assertTrue(both.out().contains(" in all, at most 25s"), both.out());
    }

    @ParameterizedTest
    @CsvSource({"20000, 8", "100000, 43", "1115394, 490", "6000000, 2636"})
    void theEpochsOfAPresetFollowTheText(int bytes, int stepsPerEpoch) throws IOException {
        Files.writeString(text, "abcdefghi\n".repeat(bytes / 10));
        String out = dryRun(Map.of()).succeeds().out();
        assertTrue(out.contains("%,d an epoch".formatted(stepsPerEpoch)), out);
        int epochs = Preset.TINY.length().epochs(stepsPerEpoch);
        assertTrue(out.contains("%,d in all".formatted(epochs * stepsPerEpoch)), out);
    }

    @Test
    void presetsTakeMoreEpochsOfASmallText() {
        assertEquals(5, Preset.TINY.length().epochs(490), "1.1 MB");
        assertEquals(13, Preset.SMALL.length().epochs(490), "1.1 MB");
        assertEquals(30, Preset.MEDIUM.length().epochs(245), "1.1 MB");
        assertEquals(41, Preset.LARGE.length().epochs(30), "1.1 MB");
        assertEquals(57, Preset.TINY.length().epochs(43), "100 KB");
        assertEquals(80, Preset.TINY.length().epochs(8), "20 KB");
        assertEquals(1, Preset.SMALL.length().epochs(50_000), "100 MB");
        assertEquals(List.of(56, 56, 56), pauses(8), "whole epochs of a small text");
        assertEquals(List.of(490, 490, 490), pauses(490), "an epoch");
        assertEquals(List.of(12_500, 12_500, 1000), pauses(50_000), "parts of one epoch");
    }

    /** Steps between evaluations, samples and checkpoints. */
    private static List<Integer> pauses(int stepsPerEpoch) {
        TrainingSettings fitting =
                Preset.SMALL.length().fitting(Preset.SMALL.settings(Cell.DEFAULT, false, 2), stepsPerEpoch);
        return List.of(
                fitting.validation().every(),
                fitting.samples().every(),
                fitting.saving().every());
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "generate", "eval", "score", "inspect", "devices", "demo"})
    void everyCommandExplainsItself(String command) {
        CommandRun help = CommandRun.of(command, "--help").succeeds();
        assertTrue(help.out().contains("Example"), help.out());
        assertTrue(help.out().lines().allMatch(line -> line.length() <= 100), help.out());
        assertEquals("", help.err());
    }

    @Test
    void withoutACommandThereIsHelpAndAnError() {
        CommandRun run = CommandRun.of();
        assertEquals(2, run.code());
        assertTrue(run.err().contains("generate"), run.err());
    }
}
