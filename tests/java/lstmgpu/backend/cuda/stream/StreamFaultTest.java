package lstmgpu.backend.cuda.stream;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.cuda.CudaBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.FaultyKernels;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.sequence.SequenceRig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Faults planted in the kernel that draws the tokens of one text: an order of events, or a late block, must show each
 * of them.
 */
class StreamFaultTest implements OnTheStandIn {
    private static final SamplingSpec SAMPLING = new SamplingSpec(1, 0, 1, 0, 1.5f, 3);
    private static final Map<StreamRig, StreamRig.Text> SOUND = new HashMap<>();

    /** What is written instead of what, and where; in how many layers of how many units it shows. */
    enum Fault {
        HIDDEN_NOT_AWAITED(
                2,
                "matrix_rows.h",
                "for (uint32 asked = 0; !load_tagged_pair(tagged + column, number, pair);) ask_again(asked, patience);",
                "load_tagged_pair(tagged + column, number, pair);"),
        ONE_SET_OF_PLACES(1, 72, "token_stream.cu", "exchange + (now & 1) *", "exchange + 0 *"),
        SUMS_NOT_AWAITED(2, "token_stream.cu", "BARRIER();\n        if (!is_output)", "if (!is_output)"),
        ONE_SET_OF_SUMS(3, "token_stream.cu", "chip.parts + layer % 2 *", "chip.parts + 0 *"),
        GATES_SWAPPED(2, "stream_cells.h", "gate == 2 ? TANH", "gate == 1 ? TANH"),
        FENCE_BEFORE_SAYING_MISSING(
                2,
                "token_stream.cu",
                "multiply_state(chip, share, layers);\n    fence();",
                "multiply_state(chip, share, layers);"),
        FENCE_BEFORE_OVERWRITING_MISSING(
                2, "token_stream.cu", "    fence();\n    BARRIER();\n    store", "    BARRIER();\n    store"),
        BARRIER_BEFORE_OVERWRITING_MISSING(
                2, "token_stream.cu", "    fence();\n    BARRIER();\n    store", "    fence();\n    store"),
        NOT_SAID(1, "stream_cells.h", "store_tagged(tagged + share.first + unit, as_factor(h), number);", ""),
        HISTORY_STALE(2, "token_stream.cu", "chip.past[(uint32)step % (uint32)share.window] = token;", "");

        private final int layers;
        private final int hidden;
        private final String file;
        private final String text;
        private final String instead;

        Fault(int layers, String file, String text, String instead) {
            this(layers, 16, file, text, instead);
        }

        Fault(int layers, int hidden, String file, String text, String instead) {
            this.layers = layers;
            this.hidden = hidden;
            this.file = file;
            this.text = text;
            this.instead = instead;
        }
    }

    private static FaultyKernels kernels;

    @BeforeAll
    static void plantAll() throws IOException, InterruptedException {
        kernels = new FaultyKernels("planted-streams");
        for (Fault fault : Fault.values()) {
            kernels.plant(fault, fault.file, fault.text, fault.instead, "cuda/token_stream", "FACTOR_BYTES=4");
        }
        kernels.finish();
    }

    @AfterAll
    static void removeAll() throws IOException {
        kernels.close();
    }

    private static StreamRig.Text text(KernelImages images, StreamRig rig) {
        try (Backend cuda = CudaBackend.open(0, CudaLibraries.in(Cudasim.folder()), images, _ -> {})) {
            return rig.by(cuda, RnnImplementation.SEQUENCE);
        }
    }

    private static boolean isNoticed(Fault fault, KernelImages images) {
        StreamRig rig = new StreamRig(Cell.LSTM, fault.layers, fault.hidden, 9, Precision.FP32, SAMPLING);
        StreamRig.Text expected = SOUND.computeIfAbsent(rig, sound -> text(SequenceRig.images(), sound));
        return FaultyKernels.shows(
                seed -> seed == 2 ? rig.lastBlock() : seed % 4 - 1, () -> !expected.equals(text(images, rig)));
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsNoticed(Fault fault) {
        assertTrue(isNoticed(fault, kernels.of(fault)), "nobody noticed " + fault);
    }

    @Test
    void blocksThatWaitForeverAreAFailureAfterHalfAMinute() {
        Cudasim.quiet();
        StreamRig rig = new StreamRig(Cell.LSTM, 1, 16, 9, Precision.FP32, SAMPLING);
        assertThrows(LstmGpuException.class, () -> text(kernels.of(Fault.NOT_SAID), rig));
        assertTrue(Cudasim.lastLine().contains("would trap after 30000 ms"), Cudasim.lastLine());
    }

    @Test
    void withoutAFaultEveryOrderOfEventsGivesTheSameBits() {
        assertFalse(isNoticed(Fault.GATES_SWAPPED, SequenceRig.images()));
    }
}
