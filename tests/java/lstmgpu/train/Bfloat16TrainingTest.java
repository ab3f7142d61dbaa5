package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.Bfloat16Unit;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Initialisation;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With bfloat16 factors a network on the CPU learns what it learns in float32. */
class Bfloat16TrainingTest {
    private static final int STEPS = 200;
    private static final double NOISE = 0.03;

    @TempDir
    Path folder;

    /** The unit that trains; that the others multiply as it does, and what happens without one, is for other tests. */
    static Stream<Bfloat16Unit> units() {
        return Stream.ofNullable(Bfloat16Unit.fastest());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void theLossIsThatOfFloat32WithinNoise(Bfloat16Unit unit) {
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            String name = cell.name();
            TrainingResult exact = train(unit, cell, Precision.FP32, name + " fp32");
            TrainingResult rounded = train(unit, cell, Precision.BF16, name + " bf16");
            assertNotEquals(exact.trainingLoss(), rounded.trainingLoss(), "factors are rounded");
            assertTrue(exact.trainingLoss() < 1, "it learnt: " + exact.trainingLoss());
            assertEquals(exact.trainingLoss(), rounded.trainingLoss(), NOISE, name);
            assertEquals(exact.bestLoss(), rounded.bestLoss(), NOISE, name);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void theSameSeedGivesTheSameBits(Bfloat16Unit unit) {
        train(unit, Cell.GRU, Precision.BF16, "first");
        train(unit, Cell.GRU, Precision.BF16, "second");
        assertArrayEquals(
                Runs.bytes(folder.resolve("first/model.safetensors")),
                Runs.bytes(folder.resolve("second/model.safetensors")));
    }

    private TrainingResult train(Bfloat16Unit unit, Cell cell, Precision precision, String name) {
        TrainingSettings settings = Runs.settings(STEPS);
        settings =
                Runs.with(settings, new TrainingSettings.Loop(16, 10, 0, 0.2f, TrainingSettings.UNLIMITED, STEPS, 0));
        settings = Runs.with(
                settings,
                new TrainingSettings.Run(
                        3, Initialisation.UNIFORM, precision, RnnImplementation.AUTO, null, false, List.of("train")));
        NetworkConfig config = NetworkConfig.ofTokens(cell, Runs.TOKENIZER.vocabularySize(), 24, 48, 2, 0.1f, false);
        try (Backend backend = new CpuBackend(2, unit)) {
            return Runs.train(backend, folder.resolve(name), config, Runs.TEXT, settings, new Runs.Observer());
        }
    }
}
