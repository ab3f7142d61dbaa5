package lstmgpu.backend.cuda.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaBackend;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.sequence.SequenceRig;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of one text in one launch are those of a step a token. */
class TokenStreamTest implements OnTheStandIn {
    @TempDir
    Path folder;

    private static final double FLOAT_TOLERANCE = 2e-5;
    private static final double BFLOAT_TOLERANCE = 5e-2;

    static Stream<StreamRig> texts() {
        return Stream.of(
                new StreamRig(Cell.LSTM, 2, 16, 9, Precision.FP32, StreamRig.GREEDY),
                new StreamRig(Cell.LSTM, 1, 72, 31, Precision.FP32, spec(1, 0, 1, 0, 1)),
                new StreamRig(Cell.LSTM, 3, 24, 300, Precision.FP32, spec(0.7f, 0, 1, 0, 1.3f)),
                new StreamRig(Cell.LSTM, 1, 16, 4000, Precision.FP32, spec(1.1f, 20, 0.83f, 0.02f, 1.3f)),
                new StreamRig(Cell.LSTM, 2, 16, 9, Precision.BF16, spec(1, 5, 1, 0, 1)),
                new StreamRig(Cell.GRU, 2, 24, 9, Precision.FP32, spec(1, 0, 0.91f, 0, 1)),
                new StreamRig(Cell.GRU, 1, 16, 31, Precision.BF16, StreamRig.GREEDY),
                new StreamRig(Cell.RNN_TANH, 3, 16, 31, Precision.FP32, spec(0.9f, 0, 1, 0.1f, 1)),
                new StreamRig(Cell.RNN_TANH, 1, 520, 9, Precision.BF16, spec(0.5f, 0, 1, 0, 1)),
                new StreamRig(Cell.LSTM_COUPLED, 2, 24, 31, Precision.FP32, spec(0.9f, 0, 1, 0, 1)),
                new StreamRig(Cell.LSTM_COUPLED, 1, 16, 9, Precision.BF16, StreamRig.GREEDY),
                new StreamRig(Cell.RNN_RELU, 2, 16, 9, Precision.FP32, spec(1, 3, 0.9f, 0, 1.7f)));
    }

    private static SamplingSpec spec(float temperature, int topK, float topP, float minP, float penalty) {
        return new SamplingSpec(temperature, topK, topP, minP, penalty, 11);
    }

    private static StreamRig.Text streamed(StreamRig rig) {
        long before = Cudasim.calls(StreamRig.LAUNCH);
        try (Backend cuda = CudaTestBackend.open()) {
            StreamRig.Text text = rig.by(cuda, RnnImplementation.SEQUENCE);
            assertEquals(6, Cudasim.calls(StreamRig.LAUNCH) - before, "one launch for each stretch of tokens");
            return text;
        }
    }

    private static void assertSame(StreamRig.Text expected, StreamRig.Text actual, double tolerance, String what) {
        assertEquals(expected.tokens(), actual.tokens(), what);
        for (int i = 0; i < expected.logprobs().size(); i++) {
            double want = expected.logprobs().get(i);
            assertEquals(
                    want, actual.logprobs().get(i), tolerance * Math.max(1, Math.abs(want)), what + ", token " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theTextIsThatOfStepsAndOfTheProcessor(StreamRig rig) {
        StreamRig.Text text = streamed(rig);
        boolean isFloat = rig.precision() == Precision.FP32;
        try (Backend cuda = CudaTestBackend.open()) {
            StreamRig.Text steps = rig.by(cuda, RnnImplementation.FUSED);
            assertSame(steps, text, isFloat ? FLOAT_TOLERANCE : BFLOAT_TOLERANCE, "steps");
        }
        if (isFloat) {
            try (Backend cpu = new CpuBackend(1)) {
                assertSame(rig.by(cpu, RnnImplementation.AUTO), text, FLOAT_TOLERANCE, "cpu");
            }
        }
    }

    private static long launches(RnnImplementation implementation, int hidden, int sequences, KernelImages images) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 9, 5, hidden, 2, 0, false);
        GenerationStep.Spec spec = new GenerationStep.Spec(sequences, StreamRig.GREEDY, 4, 10, false, true);
        long before = Cudasim.calls(StreamRig.LAUNCH);
        try (Backend cuda = CudaBackend.open(0, CudaLibraries.in(Cudasim.folder()), images, _ -> {});
                Network model = new Network(cuda, config, Precision.FP32, implementation);
                GenerationStep step = new GenerationStep(model, spec)) {
            step.prompt(new int[sequences]);
            assertEquals(4, step.draw(4, new int[4 * sequences]));
        }
        return Cudasim.calls(StreamRig.LAUNCH) - before;
    }

    @Test
    void whatDoesNotFitIsDrawnBySteps() throws IOException {
        assertEquals(1, launches(RnnImplementation.SEQUENCE, 16, 1, SequenceRig.images()));
        assertEquals(0, launches(RnnImplementation.FUSED, 16, 1, SequenceRig.images()));
        assertEquals(0, launches(RnnImplementation.AUTO, 16, 1, SequenceRig.images()));
        assertEquals(0, launches(RnnImplementation.SEQUENCE, 16, 2, SequenceRig.images()));
        assertEquals(0, launches(RnnImplementation.SEQUENCE, 12, 1, SequenceRig.images()));
        try (Stream<Path> files = Files.list(Cudasim.folder().resolve("kernels"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        KernelImages without = new KernelImages(CudaLibraries.in(Cudasim.folder()), folder);
        assertEquals(0, launches(RnnImplementation.SEQUENCE, 16, 1, without));
    }

    @ParameterizedTest
    @CsvSource({
        "16, 9, 8, ",
        "12, 9, 8, 12 units are no multiple of 8",
        "16, 5000, 8, 5000 tokens are more than 4096",
        "640, 9, 8, 'KB of a multiprocessor, which has 227'",
        "16, 9, 7, it needs a GPU of compute capability 8.0 or more"
    })
    void itSaysWhatDoesNotFit(int hidden, int vocabulary, int major, String reason) {
        Cudasim.computeCapability(major, 0);
        RnnSpec spec = RnnSpec.forward(new RnnShape(Cell.LSTM, 2, 5, hidden), 1, 1, Precision.FP32);
        try (CudaDevice device = CudaRig.open(0)) {
            String obstacle = new TokenStreams(device, _ -> {}).obstacle(spec, vocabulary, 64);
            assertEquals(reason == null, obstacle == null, obstacle);
            assertTrue(reason == null || obstacle.contains(reason), obstacle);
        }
    }

    @Test
    void aTextThatMayStopIsDrawnTokenByToken() {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.GRU, 9, 5, 16, 1, 0, false);
        GenerationStep.Spec spec = new GenerationStep.Spec(1, StreamRig.GREEDY, 4, 10, false, false);
        try (Backend cuda = CudaTestBackend.open();
                Network model = new Network(cuda, config, Precision.FP32, RnnImplementation.SEQUENCE);
                GenerationStep step = new GenerationStep(model, spec)) {
            step.prompt(new int[1]);
            assertEquals(1, step.draw(4, new int[4]));
        }
    }

    private static GenerationStep loop(Network model) {
        GenerationStep step =
                new GenerationStep(model, new GenerationStep.Spec(1, StreamRig.GREEDY, 4, 10, false, true));
        step.prompt(new int[1]);
        return step;
    }

    @Test
    void loopsOfTwoShapesDrawByTurns() {
        NetworkConfig large = NetworkConfig.ofTokens(Cell.LSTM, 9, 5, 400, 1, 0, false);
        NetworkConfig small = NetworkConfig.ofTokens(Cell.LSTM, 9, 5, 256, 1, 0, false);
        long before = Cudasim.calls(StreamRig.LAUNCH);
        try (Backend cuda = CudaTestBackend.open();
                Network one = new Network(cuda, large, Precision.FP32, RnnImplementation.SEQUENCE);
                Network other = new Network(cuda, small, Precision.FP32, RnnImplementation.SEQUENCE);
                GenerationStep first = loop(one);
                GenerationStep second = loop(other)) {
            for (GenerationStep step : List.of(first, second, first)) {
                assertEquals(2, step.draw(2, new int[2]));
            }
        }
        assertEquals(3, Cudasim.calls(StreamRig.LAUNCH) - before, "all of them in one launch each");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuFuncGetAttribute", "cuFuncSetAttribute", "cuOccupancyMaxActiveBlocksPerMultiprocessor"})
    void aQueryThatFailsLeavesTheTokensToSteps(String query) {
        Cudasim.quiet();
        Cudasim.fail(query, 1, CUresult.CUDA_ERROR_INVALID_VALUE);
        // A network that needs more shared memory than every function has.
        assertEquals(0, launches(RnnImplementation.SEQUENCE, 256, 1, SequenceRig.images()));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void whatItWillHoldIsCountedAndGivenBack(Precision precision) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 2000, 5, 24, 2, 0, false);
        try (Backend cuda = CudaTestBackend.open()) {
            long counted = MemoryNeed.bytes(cuda, twin -> {
                Network model = new Network(twin, config, precision, RnnImplementation.SEQUENCE);
                return drawing(model);
            });
            long held = drawAndClose(cuda, config, precision);
            assertEquals((double) held, (double) counted, 0.05 * held);
            long before = cuda.allocatedBytes();
            drawAndClose(cuda, config, precision);
            assertEquals(before, cuda.allocatedBytes(), "left by the second text");
        }
    }

    private static GenerationStep drawing(Network model) {
        GenerationStep.Spec spec = new GenerationStep.Spec(1, StreamRig.GREEDY, 64, 10, true, true);
        GenerationStep step = new GenerationStep(model, spec);
        step.draw(4, new int[4]);
        return step;
    }

    /** Returns what was held. */
    private static long drawAndClose(Backend cuda, NetworkConfig config, Precision precision) {
        long before = cuda.allocatedBytes();
        try (Network model = new Network(cuda, config, precision, RnnImplementation.SEQUENCE);
                GenerationStep step = drawing(model)) {
            assertEquals(4, step.draw(4, new int[4]));
            return cuda.allocatedBytes() - before;
        }
    }
}
