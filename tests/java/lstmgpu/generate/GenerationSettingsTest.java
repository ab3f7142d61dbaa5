package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationSettingsTest {
    private static GenerationSettings settings(
            int length,
            float temperature,
            int topK,
            float topP,
            float minP,
            float penalty,
            List<String> stop,
            int samples) {
        return new GenerationSettings(length, temperature, topK, topP, minP, false, penalty, stop, 0, samples, false);
    }

    private static void refuses(String flag, Runnable settings) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, settings::run);
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(flag), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void refusesWhatNoRangeAllows(float bad) {
        refuses("--temperature", () -> settings(1, bad, 0, 1, 0, 1, List.of(), 1));
        refuses("--top-p", () -> settings(1, 1, 0, bad, 0, 1, List.of(), 1));
        refuses("--min-p", () -> settings(1, 1, 0, 1, bad, 1, List.of(), 1));
        refuses("--repeat-penalty", () -> settings(1, 1, 0, 1, 0, bad, List.of(), 1));
    }

    @Test
    void refusesTheRest() {
        refuses("--top-p", () -> settings(1, 1, 0, 0, 0, 1, List.of(), 1));
        refuses("--top-p", () -> settings(1, 1, 0, 1.01f, 0, 1, List.of(), 1));
        refuses("--min-p", () -> settings(1, 1, 0, 1, 1.01f, 1, List.of(), 1));
        refuses("--repeat-penalty", () -> settings(1, 1, 0, 1, 0, 0, List.of(), 1));
        refuses("--length", () -> settings(-1, 1, 0, 1, 0, 1, List.of(), 1));
        refuses("--top-k", () -> settings(1, 1, -1, 1, 0, 1, List.of(), 1));
        refuses("--num-samples", () -> settings(1, 1, 0, 1, 0, 1, List.of(), 0));
        refuses("--num-samples", () -> settings(1, 1, 0, 1, 0, 1, List.of(), 5000));
        refuses("--stop", () -> settings(1, 1, 0, 1, 0, 1, List.of("a", ""), 1));
    }

    @Test
    void theEdgesAreAllowed() {
        GenerationSettings edge = settings(0, 0, 0, 1, 1, 1, List.of(), 1);
        assertEquals(0, edge.sampling().temperature());
        GenerationSettings greedy = new GenerationSettings(1, 2, 0, 1, 0, true, 1, List.of(), 0, 1, false);
        assertEquals(0, greedy.sampling().temperature());
    }
}
