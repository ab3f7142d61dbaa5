package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Step;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever writes weights, their copy is the rounded master. */
class WeightCopiesTest {
    private static final int LENGTH = 300;
    private static final int FROM = 65;
    private static final int SOME = 101;

    private final KernelRig rig = new KernelRig();
    private final WeightCopies copies = rig.backend.weightCopies();
    private final KernelBuffer master = rig.floats(rig.values(LENGTH));
    private final KernelBuffer part = master.slice(FROM, SOME);

    @AfterEach
    void close() {
        rig.close();
    }

    private void requireRounded(String after) {
        assertArrayEquals(KernelRig.rounded(rig.read(master)), rig.widened(copies.of(master)), after);
    }

    @Test
    void everyWriteReachesTheCopy() {
        assertNull(copies.ifPresent(master));
        KernelBuffer stretch = copies.of(part);
        assertEquals(SOME, stretch.length());
        assertEquals(FROM, stretch.offset());
        assertSame(stretch, copies.of(master.slice(FROM, SOME)), "a step makes no new stretch");
        requireRounded("the first use");
        rig.backend.upload(rig.values(LENGTH), master);
        requireRounded("an upload");
        rig.backend.upload(rig.values(7), part);
        requireRounded("an upload to the front of a stretch");
        rig.backend.fill(part, 0.1f);
        requireRounded("filling a stretch");
        rig.backend.copy(rig.floats(rig.values(33)), part);
        requireRounded("a copy");
    }

    @ParameterizedTest
    @EnumSource
    void everyOptimizerWritesTheCopy(OptimizerSpec.Kind kind) {
        copies.of(master);
        OptimizerSpec spec = OptimizerSpec.of(kind, 0.9f, 0.1f, 1);
        KernelBuffer first = spec.usesFirstMoment() ? rig.floats(new float[SOME]) : null;
        KernelBuffer second = spec.usesSecondMoment() ? rig.floats(new float[SOME]) : null;
        for (float norm : new float[] {9, Float.NaN}) {
            float[] before = rig.read(master);
            KernelBuffer slopes = rig.floats(rig.values(SOME));
            rig.backend.optimisation().optimizerStep(spec, rig.clock, part, slopes, first, second, rig.floats(norm));
            boolean changed = !Arrays.equals(before, rig.read(master));
            assertEquals(!Float.isNaN(norm), changed);
            requireRounded(kind + " with a squared norm of " + norm);
        }
    }

    @Test
    void aCapturedStepMakesAndWritesTheCopy() {
        KernelBuffer other = rig.floats(rig.values(SOME));
        try (Step step = rig.backend.capture(() -> {
            copies.of(part);
            rig.backend.copy(other, part);
        })) {
            requireRounded("the capture");
            rig.backend.upload(rig.values(SOME), other);
            step.run();
            assertArrayEquals(rig.read(other), rig.read(part));
            requireRounded("the step");
        }
    }

    @Test
    void theCopyGoesWithItsMaster() {
        long before = rig.backend.allocatedBytes();
        copies.of(master);
        assertEquals(before + (long) LENGTH * ElementType.BFLOAT16.bytes(), rig.backend.allocatedBytes());
        master.close();
        assertTrue(rig.backend.allocatedBytes() <= before - (long) LENGTH * ElementType.FLOAT32.bytes());
    }
}
