package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Zoneout;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.CudaCall;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which plans the whole-sequence kernels take, and how they divide layers. */
class SequencePlansTest implements OnTheStandIn {
    @TempDir
    Path cache;

    private static final String LAUNCH = "cuLaunchCooperativeKernel";

    private final List<String> said = new ArrayList<>();

    private static RnnSpec spec(
            Cell cell, int hidden, int steps, int batch, Precision precision, RnnImplementation implementation) {
        return RnnSpec.forward(new RnnShape(cell, 1, 8, hidden), steps, batch, precision)
                .by(implementation);
    }

    /** Launches of whole sequences in one forward pass. */
    private static long sequencesOf(RnnSpec spec) {
        try (Backend backend = CudaTestBackend.open();
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
            DeviceBuffer parameters = backend.alloc(
                    ElementType.FLOAT32,
                    backend.recurrence().rnnLayout(spec.shape()).length());
            DeviceBuffer x = backend.alloc(ElementType.FLOAT32, spec.tokens() * 8L);
            long before = Cudasim.calls(LAUNCH);
            plan.forward(parameters, new RnnInput.Features(x, null));
            return Cudasim.calls(LAUNCH) - before;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LSTM, 64, 40, BF16, AUTO, 0",
        "LSTM, 64, 40, BF16, SEQUENCE, 1",
        "LSTM, 64, 2, BF16, SEQUENCE, 1",
        "GRU, 64, 40, BF16, SEQUENCE, 1",
        "RNN_RELU, 64, 2, BF16, SEQUENCE, 1",
        "LSTM, 64, 40, BF16, FUSED, 0"
    })
    void itIsTakenWhereItWasAskedFor(
            Cell cell, int hidden, int steps, Precision precision, RnnImplementation implementation, int launches) {
        assertEquals(launches, sequencesOf(spec(cell, hidden, steps, 3, precision, implementation)));
    }

    @ParameterizedTest
    @CsvSource({"GRU, 64, FP32, --precision bf16", "LSTM, 64, TF32, --precision bf16"})
    void askedForByNameItSaysWhatItCannot(Cell cell, int hidden, Precision precision, String reason) {
        RnnSpec spec = RnnSpec.training(new RnnShape(cell, 1, 8, hidden), 40, 3, precision)
                .by(RnnImplementation.SEQUENCE);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> {
            try (Backend backend = CudaTestBackend.open()) {
                backend.recurrence().newRnnPlan(spec, null);
            }
        });
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().startsWith("--rnn sequence is not available: "), refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("use --rnn auto"), refusal.getMessage());
    }

    @Test
    void zoneoutIsRefused() {
        RnnSpec spec = spec(Cell.LSTM, 64, 40, 3, Precision.BF16, RnnImplementation.SEQUENCE)
                .withZoneout(Zoneout.expected(0, 0.1f));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> {
            try (Backend backend = CudaTestBackend.open()) {
                backend.recurrence().newRnnPlan(spec, null);
            }
        });
        assertEquals("--rnn sequence is not available: it has no zoneout; use --rnn auto", refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "72, '72 units and 3 sequences do not divide among 16 multiprocessors so that they hold the recurrent weights'",
        "192, 'this build has no kernels for a GPU of compute capability 8.0, and '"
    })
    void theFusedKernelsComputeWhatDoesNotFitAndTheReasonIsSaidOnce(int hidden, String reason) {
        RnnSpec spec = spec(Cell.LSTM, hidden, 40, 3, Precision.BF16, RnnImplementation.SEQUENCE);
        try (Backend backend = CudaTestBackend.open(0, Cudasim.folder(), said::add)) {
            said.clear();
            backend.recurrence().newRnnPlan(spec, null).close();
            backend.recurrence().newRnnPlan(spec.withSteps(3), null).close();
        }
        assertEquals(1, said.size(), said::toString);
        String start = "the fused kernels compute the recurrent stack: ";
        assertTrue(said.getFirst().startsWith(start + reason), said::toString);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                CUresult.CUDA_ERROR_INVALID_CLUSTER_SIZE,
                CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
                CUresult.CUDA_ERROR_INVALID_VALUE
            })
    void aClusterThatTheGpuHasNoRoomForIsLeftAside(int status) {
        Cudasim.computeCapability(9, 0);
        RnnSpec spec = spec(Cell.LSTM, 64, 3, 3, Precision.BF16, RnnImplementation.SEQUENCE);
        Cudasim.quiet();
        try (CudaDevice device = CudaRig.open(0)) {
            Cudasim.fail("cuLaunchKernel", 1, status);
            SequencePlans plans = new SequencePlans(device, cache, said::add);
            assertTrue(plans.takes(spec));
            assertTrue(Cudasim.calls("cuLaunchKernel") > 1, "other clusters are tried");
            String chosen = plans.description(spec);
            assertFalse(chosen.startsWith("groups of 8 sequences, 16 units a block in clusters"), chosen);
        }
        assertEquals(List.of(), said);
    }

    @Test
    void splitsOfOneDescriptionAreKernelsOfTheirOwn() {
        try (CudaDevice device = CudaRig.open(0)) {
            new SequenceKernel(device, SplitText.forward("128 32 8 0 4 1 2"));
            long before = Cudasim.calls("cuModuleLoadData");
            new SequenceKernel(device, SplitText.forward("128 32 8 0 8 2 4"));
            assertEquals(before + 1, Cudasim.calls("cuModuleLoadData"));
        }
    }

    @Test
    void whatItWillHoldIsCounted() {
        RnnSpec spec = RnnSpec.training(new RnnShape(Cell.LSTM, 2, 8, 64), 40, 12, Precision.BF16)
                .by(RnnImplementation.SEQUENCE);
        try (Backend backend = CudaTestBackend.open()) {
            // What is measured first is no part of the plan.
            backend.recurrence().newRnnPlan(spec, null).close();
            long before = backend.allocatedBytes();
            try (RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
                long counted =
                        MemoryNeed.bytes(backend, twin -> twin.recurrence().newRnnPlan(spec, null));
                long held = backend.allocatedBytes() - before;
                // The sums that blocks exchange are those of the split that was measured, not of the first.
                assertEquals((double) held, (double) counted, 0.03 * held, plan.spec()::toString);
                long used = MemoryNeed.bytes(backend, twin -> {
                    DeviceBuffer all = twin.alloc(ElementType.FLOAT32, 1 << 20);
                    return twin.recurrence().newRnnPlan(spec, null).forward(all, new RnnInput.Features(all, null));
                });
                assertTrue(used >= counted, "the twin runs a pass, on nothing");
            }
        }
    }

    @Test
    void olderGpusAreRefused() {
        Cudasim.computeCapability(7, 5);
        RnnSpec spec = spec(Cell.LSTM, 64, 40, 3, Precision.BF16, RnnImplementation.SEQUENCE);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> sequencesOf(spec));
        assertTrue(refusal.getMessage().contains("compute capability 8.0"), refusal.getMessage());
    }

    @Test
    void aLaunchThatDoesNotFitAtOnceIsAnError() {
        Cudasim.quiet();
        try (CudaDevice device = CudaRig.open(0)) {
            CudaCall call = new SequenceKernel(device, SplitText.forward("64 16 8 0 4 1 1")).call();
            for (int i = 0; i < 11; i++) {
                call.buffer(null);
            }
            call.integer(1).integer(8).integer(0);
            LstmGpuException failure = assertThrows(LstmGpuException.class, () -> call.launchCooperative(5));
            assertTrue(failure.getMessage().contains("CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"), failure.getMessage());
        }
    }

    @Test
    void aLoopThatFindsNoMemoryHoldsNone() {
        RnnSpec spec = spec(Cell.LSTM, 128, 3, 12, Precision.BF16, RnnImplementation.SEQUENCE);
        int refused = 0;
        for (boolean enough = false; !enough; ) {
            // A device of its own each time: what was freed serves the next asker.
            try (CudaDevice device = CudaRig.open(0)) {
                SequenceKernel forward = new SequenceKernel(device, SplitText.forward("128 32 8 0 4 1 2"));
                SequenceKernel backward = new SequenceKernel(device, SplitText.backward("128 16 8 2 0 2 1 2"));
                long before = device.allocatedBytes();
                Cudasim.fail("cuMemAlloc_v2", refused + 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
                try {
                    new SequenceLoop(device, spec, Patience.TRIAL, forward, backward).close();
                    enough = true;
                } catch (LstmGpuException failure) {
                    assertEquals(ExitCode.MEMORY, failure.exitCode());
                    refused++;
                }
                assertEquals(before, device.allocatedBytes(), "after allocation " + refused);
            }
        }
        assertTrue(refused > 0);
    }

    @Test
    void withoutMemoryToMeasureInTheMostPromisingIsTaken() {
        RnnSpec spec = spec(Cell.LSTM, 64, 3, 3, Precision.BF16, RnnImplementation.SEQUENCE);
        Cudasim.quiet();
        try (CudaDevice device = CudaRig.open(0)) {
            Cudasim.fail("cuMemAlloc_v2", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            SequencePlans plans = new SequencePlans(device, cache, said::add);
            assertTrue(plans.takes(spec));
            assertTrue(plans.description(spec).contains("8 sequences"), plans.description(spec));
        }
        assertFalse(Files.exists(cache.resolve("splits")), "nothing was measured, so nothing is kept");
    }

    @Test
    void whatWasMeasuredIsKeptAndUsed() throws IOException {
        RnnSpec spec = spec(Cell.LSTM, 64, 3, 3, Precision.BF16, RnnImplementation.SEQUENCE);
        Path kept;
        try (CudaDevice device = CudaRig.open(0)) {
            assertTrue(new SequencePlans(device, cache, said::add).takes(spec));
            try (Stream<Path> files = Files.list(cache.resolve("splits"))) {
                kept = files.findFirst().orElseThrow();
            }
        }
        Files.writeString(
                kept, String.join(" ", SplitText.forward("64 16 16 1 4 1 1").constants()));
        long before = Cudasim.calls(LAUNCH);
        try (CudaDevice device = CudaRig.open(0)) {
            SequencePlans plans = new SequencePlans(device, cache, said::add);
            assertTrue(plans.takes(spec));
            assertEquals(before + 1, Cudasim.calls(LAUNCH), "it is launched once, and nothing measured again");
            assertTrue(plans.description(spec).contains("16 sequences"), plans.description(spec));
            Files.writeString(kept, "HIDDEN=64 UNITS=3");
            assertTrue(new SequencePlans(device, cache, said::add).takes(spec));
            assertTrue(Cudasim.calls(LAUNCH) > before, "what fits no split is measured anew");
        }
    }
}
