package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.Test;

class LogitRulesTest {
    private static final Tokenizer LETTERS = TestText.tokenizer(TestText.rhyme(1));
    private static final int LENGTH = 60;

    private static List<GeneratedText> generate(float temperature, LogitRules rules) {
        GenerationSettings settings =
                new GenerationSettings(LENGTH, temperature, 0, 1, 0, false, 1, List.of(), 3, 2, false);
        NetworkConfig config = NetworkConfig.ofTokens(Cell.GRU, LETTERS.vocabularySize(), 8, 16, 1, 0, false);
        try (Backend backend = new CpuBackend(1);
                Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            try (Generator generator = new Generator(model, LETTERS, settings, rules)) {
                return generator.generate(LETTERS.encode("one two").ids(), TextSink.NONE);
            }
        }
    }

    @Test
    void aBiasOfNothingChangesNothing() {
        List<GeneratedText> plain = generate(1, new LogitRules(Map.of(), 0));
        List<GeneratedText> edited = generate(1, new LogitRules(Map.of(1, 0f), 0));
        for (int sequence = 0; sequence < plain.size(); sequence++) {
            assertArrayEquals(plain.get(sequence).tokens(), edited.get(sequence).tokens());
        }
    }

    @Test
    void aBiasForcesAndForbids() {
        int wanted = LETTERS.encode("t").ids()[0];
        assertEquals(
                "t".repeat(LENGTH),
                generate(1, new LogitRules(Map.of(wanted, 1000f), 0)).getLast().text());
        assertTrue(generate(1, new LogitRules(Map.of(wanted, -1000f), 0)).stream()
                .noneMatch(sample -> sample.text().contains("t")));
    }

    @Test
    void noPairComesTwiceEvenWithThePrompt() {
        for (float temperature : new float[] {0, 0.1f}) {
            for (GeneratedText sample : generate(temperature, new LogitRules(Map.of(), 2))) {
                String text = "one two" + sample.text();
                Set<String> seen = new HashSet<>();
                for (int i = 0; i + 2 <= text.length(); i++) {
                    assertTrue(seen.add(text.substring(i, i + 2)), text + " at " + i);
                }
            }
        }
    }

    @Test
    void onlyTheTokenThatWouldRepeatIsForbidden() {
        LogitRules rules = new LogitRules(Map.of(2, 0.5f), 3);
        for (int token : new int[] {0, 1, 2, 0, 1}) {
            rules.add(0, token);
        }
        float[] logits = {1, 1, 1, 1};
        rules.edit(logits);
        assertArrayEquals(new float[] {1, 1, -1e9f, 1}, logits);
    }

    @Test
    void lengthsOutOfRangeAreRefused() {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> new LogitRules(Map.of(), -1));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }
}
