package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.Evaluator;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.TextSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Generating and evaluating are refused before they allocate anything that would not fit. */
class GenerationMemoryTest {
    private static final NetworkConfig CONFIG = NetworkConfig.ofTokens(Cell.LSTM, 256, 32, 128, 1, 0, false);
    private static final Pattern FITTING = Pattern.compile("--num-samples (\\d+) would fit");
    private static final int[] PROMPT = new int[70];

    @AfterEach
    void allTheMemoryThereIs() {
        Cudasim.load();
    }

    private static void generate(Network model, int samples) {
        GenerationSettings settings = new GenerationSettings(3, 1, 0, 1, 0, false, 1, List.of(), 1, samples, false);
        try (Generator generator = new Generator(model, new ByteTokenizer(), settings)) {
            generator.generate(PROMPT, TextSink.NONE);
        }
    }

    /** What is refused allocates nothing. */
    private static String refusal(Runnable work) {
        long calls = Cudasim.calls("cuMemAlloc_v2");
        LstmGpuException refusal = assertThrows(LstmGpuException.class, work::run);
        assertEquals(ExitCode.MEMORY, refusal.exitCode(), refusal.getMessage());
        assertEquals(calls, Cudasim.calls("cuMemAlloc_v2"));
        return refusal.getMessage();
    }

    @Test
    void theNumberOfSamplesThatIsNamedFits() {
        try (Backend backend = CudaTestBackend.open();
                Network model = new Network(backend, CONFIG, Precision.FP32, RnnImplementation.FUSED)) {
            Cudasim.memoryLimit(backend.device().memoryBytes() - backend.freeBytes() + (6 << 20));
            String message = refusal(() -> generate(model, 4000));
            Matcher fitting = FITTING.matcher(message);
            assertTrue(fitting.find(), message);
            int most = Integer.parseInt(fitting.group(1));
            assertTrue(most > 1, message);
            refusal(() -> generate(model, most + 1));
            generate(model, most);
        }
    }

    @Test
    void aTextThatDoesNotFitIsNamed() {
        try (Backend backend = CudaTestBackend.open();
                Network model = new Network(backend, CONFIG, Precision.FP32, RnnImplementation.FUSED)) {
            Cudasim.memoryLimit(backend.device().memoryBytes() - backend.freeBytes() + (6 << 20));
            MemorySegment tokens = MemorySegment.ofArray(new byte[20 << 20]);
            EvaluationText text = new EvaluationText(tokens, 1, tokens.byteSize(), tokens.byteSize(), "book.txt");
            String message = refusal(() -> Evaluator.evaluate(model, new ByteTokenizer(), text));
            assertTrue(message.startsWith("evaluating book.txt needs 2"), message);
        }
    }
}
