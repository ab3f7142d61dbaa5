package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A processor that has no unit for bfloat16. */
class Bfloat16RefusalTest {
    @Test
    void itRefusesInASentenceThatSaysWhatIsMissing() {
        try (CpuBackend backend = new CpuBackend(1, null);
                DeviceBuffer x = backend.alloc(ElementType.FLOAT32, 16)) {
            LinearSpec layer = new LinearSpec(4, 4, 4, Precision.BF16);
            RnnSpec stack = RnnSpec.training(new RnnShape(Cell.LSTM, 1, 4, 4), 2, 2, Precision.BF16);
            refused(() -> backend.require(Precision.BF16));
            refused(() -> backend.counting().require(Precision.BF16));
            refused(() -> backend.recurrence().newRnnPlan(stack, null));
            refused(() -> backend.layers().linear(x, x, null, layer, x));
            refused(() -> backend.layers().linearGrad(x, x, x, layer, null, false, x, null));
            assertFalse(backend.device().detail().contains("bfloat16"));
            assertDoesNotThrow(() -> backend.require(Precision.FP32));
            assertEquals(1, backend.measurePeak().operations().size());
        }
    }

    @Test
    void whatTheProcessorHasIsSaid() {
        try (CpuBackend backend = new CpuBackend(1)) {
            Bfloat16Unit unit = Bfloat16Unit.fastest();
            assertEquals(unit != null, backend.device().detail().endsWith("bfloat16 by " + titleOf(unit)));
            if (unit == null) {
                refused(() -> backend.require(Precision.BF16));
            } else {
                assertDoesNotThrow(() -> backend.require(Precision.BF16));
            }
        }
    }

    private static String titleOf(Bfloat16Unit unit) {
        return unit == null ? "nothing" : unit.title();
    }

    private static void refused(Executable call) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, call);
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        String message = refusal.getMessage();
        assertTrue(message.startsWith("--precision bf16 cannot run on the CPU: this "), message);
        assertTrue(message.endsWith("; use --precision fp32"), message);
    }
}
