package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;

/**
 * What a backend draws from the same model with the same seed: in several sequences, in whole blocks of tokens and, at
 * the end, one by one.
 */
public record WrittenText(List<GeneratedText> sequences) {
    private static final float LOGPROB_TOLERANCE = 1e-4f;

    public static WrittenText by(Backend backend, RnnImplementation plan) {
        String text = TestText.rhyme(1);
        Tokenizer letters = TestText.tokenizer(text);
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, letters.vocabularySize(), 8, 16, 2, 0.5f, false);
        GenerationSettings settings = new GenerationSettings(60, 0.7f, 0, 1, 0, false, 1.3f, List.of(), 4, 3, true);
        try (Network model = new Network(backend, config, Precision.FP32, plan)) {
            model.initialise(9, Initialisation.ORTHOGONAL);
            try (Generator generator = new Generator(model, letters, settings)) {
                return new WrittenText(
                        generator.generate(letters.encode(text + "three").ids(), TextSink.NONE));
            }
        }
    }

    /** Fails unless the tokens are the same and their probabilities near. */
    public void requireSame(WrittenText expected, String what) {
        assertEquals(expected.sequences.size(), sequences.size(), what);
        for (int sequence = 0; sequence < sequences.size(); sequence++) {
            GeneratedText want = expected.sequences.get(sequence);
            GeneratedText have = sequences.get(sequence);
            assertEquals(want.text(), have.text(), what);
            assertArrayEquals(want.logprobs(), have.logprobs(), LOGPROB_TOLERANCE, what);
        }
    }
}
