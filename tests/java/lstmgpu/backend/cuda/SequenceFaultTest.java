package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults planted in the whole-sequence kernels: an order of events, or a late block, must show each of them. */
class SequenceFaultTest implements OnTheStandIn {
    private static final Map<List<SequenceSplit>, float[][]> SOUND = new HashMap<>();

    private static FaultyKernels kernels;

    @BeforeAll
    static void plantAll() throws IOException, InterruptedException {
        kernels = new FaultyKernels("planted-sequences");
        for (SequenceFault fault : SequenceFault.values()) {
            SequenceSplit split = fault.planted;
            kernels.plant(fault, fault.file, fault.text, fault.instead, split.file(), split.constants());
        }
        kernels.finish();
    }

    @AfterAll
    static void removeAll() throws IOException {
        kernels.close();
    }

    /** What the splits compute without a fault. */
    private static float[][] sound(SequenceFault fault) {
        return SOUND.computeIfAbsent(
                List.of(fault.planted, fault.other),
                _ -> fault.rig(SequenceRig.images()).train(false));
    }

    private static boolean isNoticed(SequenceFault fault) {
        float[][] expected = sound(fault);
        SequenceRig rig = fault.rig(kernels.of(fault));
        return FaultyKernels.shows(seed -> seed % 4 - 1, () -> !Arrays.deepEquals(expected, rig.train(false)));
    }

    /** Other bits are not enough: what SequenceLoopTest allows would not notice them. */
    private static boolean isFarOff(SequenceFault fault, KernelImages images) {
        float[][] expected = fault.rig(images).fused().train(false);
        float[][] actual = fault.rig(images).train(false);
        return IntStream.range(0, expected.length)
                .anyMatch(part -> !(SequenceRig.distance(expected[part], actual[part]) <= SequenceRig.TOLERANCE));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFaultIsNoticed(SequenceFault fault) {
        if (fault.isOfCell()) {
            assertFalse(isFarOff(fault, SequenceRig.images()), "far off without the fault " + fault);
            assertTrue(isFarOff(fault, kernels.of(fault)), "nobody noticed " + fault);
        } else {
            assertTrue(isNoticed(fault), "nobody noticed " + fault);
        }
    }

    @Test
    void withoutAFaultNothingIsNoticed() {
        assertFalse(isNoticed(SequenceFault.NONE));
    }

    @Test
    void blocksThatWaitForeverAreAFailureWithAReason() {
        Cudasim.quiet();
        SequenceRig rig = SequenceFault.FORWARD_NOT_SAID.rig(kernels.of(SequenceFault.FORWARD_NOT_SAID));
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> rig.train(false));
        assertTrue(Cudasim.lastLine().contains("a block waits for what no other block says"), Cudasim.lastLine());
        assertTrue(failure.getMessage().contains("--resume"), failure.getMessage());
    }
}
