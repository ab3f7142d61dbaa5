package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.Cell;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.HeldOutTrend;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingResult.Reason;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;

/** The last line of {@code train}. */
class NextStepsTest {
    private static final int UNLIMITED = TrainingSettings.UNLIMITED;

    private static List<String> lines(int epochs, int maxSteps, double seconds, Reason reason, HeldOutTrend trend) {
        return lines("m", "book.txt", epochs, maxSteps, seconds, reason, trend);
    }

    private static List<String> lines(
            String output, String input, int epochs, int maxSteps, double seconds, Reason reason, HeldOutTrend trend) {
        TrainingSettings base = TrainingSettings.defaults();
        TrainingSettings settings = new TrainingSettings(
                base.optimisation(),
                base.rate(),
                base.averaging(),
                base.regularisation(),
                new TrainingSettings.Loop(64, 64, 0, 0, epochs, maxSteps, seconds),
                new TrainingSettings.Validation(0, 1, 0),
                base.saving(),
                base.samples(),
                base.run());
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 65, 32, 128, 1, 0.2f, false);
        TrainingResult result = new TrainingResult(reason, 900, 1.4, 1.5, 700, trend, 60, -1);
        return new NextSteps(RunWords.TEXTS, Path.of(output), List.of(Path.of(input)), settings, config).of(result);
    }

    private static String last(int epochs, int maxSteps, double seconds, HeldOutTrend trend) {
        return lines(epochs, maxSteps, seconds, Reason.COMPLETED, trend).getLast();
    }

    @Test
    void aLossThatWasStillFallingWantsALongerRun() {
        String falling = "the held-out loss was still falling; go on with: lstm-gpu train book.txt -o m --resume ";
        assertEquals(falling + "--epochs 26", last(13, UNLIMITED, 0, HeldOutTrend.FALLING));
        assertEquals(falling + "--max-steps 1800", last(UNLIMITED, 900, 0, HeldOutTrend.FALLING));
        assertEquals(
                falling + "--max-time 50s",
                lines(UNLIMITED, UNLIMITED, 25, Reason.TIME, HeldOutTrend.FALLING)
                        .getLast());
    }

    @Test
    void aLossThatRoseWantsDropoutOrASmallerModel() {
        String line = last(13, UNLIMITED, 0, HeldOutTrend.RISING);
        for (String word : List.of("rose after step 700", "--dropout above 0.2", "smaller --preset")) {
            assertTrue(line.contains(word), line);
        }
    }

    @Test
    void namesAreQuotedForTheShell() {
        List<String> done = lines("my m", "it's.txt", 13, UNLIMITED, 0, Reason.COMPLETED, HeldOutTrend.FALLING);
        assertEquals("now try: lstm-gpu generate 'my m'", done.getFirst());
        assertTrue(done.getLast().contains("train 'it'\\''s.txt' -o 'my m' --resume"), done.getLast());
    }

    @Test
    void otherwiseItSaysHowTheRunEnded() {
        assertEquals("now try: lstm-gpu generate m", last(13, UNLIMITED, 0, HeldOutTrend.LEVEL));
        assertEquals(
                "stopped at the time limit; go on with: lstm-gpu train book.txt -o m --resume",
                lines(13, UNLIMITED, 25, Reason.TIME, HeldOutTrend.FALLING).getLast());
        assertEquals(
                "stopped early: no better loss in 1 evaluation",
                lines(13, UNLIMITED, 0, Reason.PATIENCE, HeldOutTrend.LEVEL).getLast());
    }
}
