package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Loops of every kind of split: weights in registers, in shared memory or in both, one chunk or several, and backward with gate gradients
 * or sums or both or neither going from block to block.
 */
class SequenceLoopTest {
    private static final double TOLERANCE = 1.6e-2;
    private static final int SEEDS = 3;

    @BeforeEach
    void load() {
        Cudasim.load();
    }

    @AfterEach
    void reset() {
        Cudasim.reset();
    }

    private static SequenceRig rig(String forward, String backward, int layers, boolean table) {
        return new SequenceRig(
                SequenceRig.images(), SequenceRig.forward(forward), SequenceRig.backward(backward), layers, table);
    }

    private static void assertClose(float[] expected, float[] actual, String what) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(norm == 0 || error <= TOLERANCE, what + " is off by " + error);
    }

    @ParameterizedTest
    @CsvSource({
        "64 16 8 0 4 1 1,   64 64 8 1 0 4 4 1,   2, true",
        "64 16 16 1 4 1 1,  64 16 16 4 0 4 0 1,  1, false",
        "64 16 8 1 4 1 1,   64 16 8 1 0 1 1 1,   1, true",
        "64 16 8 2 4 1 1,   64 16 8 4 2 4 0 1,   2, true",
        "64 16 16 2 4 1 1,  64 16 16 4 2 4 1 1,  1, false",
        "128 32 8 0 4 1 2,  128 16 8 2 0 2 1 2,  1, false",
        "128 32 8 0 8 2 4,  128 32 8 2 0 4 2 4,  2, true"
    })
    void everySplitDoesAsTheFusedPlanDoes(String forward, String backward, int layers, boolean table) {
        SequenceSplit exact = SequenceRig.backward(backward);
        float[][] expected = new SequenceRig(SequenceRig.images(), null, exact, layers, table).train(false);
        float[][] actual = rig(forward, backward, layers, table).train(false);
        assertClose(expected[0], actual[0], "y");
        assertClose(expected[1], actual[1], "the weights' gradient");
        assertClose(expected[2], actual[2], "the table's gradient");
    }

    @ParameterizedTest
    @CsvSource({
        "64 16 8 0 4 1 1, 64 16 8 1 0 1 1 1",
        "64 16 16 1 4 1 1, 64 16 16 4 0 4 0 1",
        "64 16 8 2 4 1 1, 64 16 8 4 2 4 0 1",
        "128 32 8 0 4 1 2, 128 16 8 2 0 2 1 2"
    })
    void everyOrderOfEventsGivesTheSameBits(String forward, String backward) {
        SequenceRig rig = rig(forward, backward, 1, true);
        float[][] expected = rig.train(false);
        int blocks = SequenceRig.forward(forward).blocks();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Cudasim.schedule(seed);
            Cudasim.lateBlock(seed * 5 % blocks);
            float[][] actual = rig.train(false);
            for (int part = 0; part < expected.length; part++) {
                assertArrayEquals(expected[part], actual[part], "schedule " + seed + ", part " + part);
            }
        }
    }

    @Test
    void aRecordedStepGivesTheSameBits() {
        SequenceRig rig = rig("64 16 8 1 4 1 1", "64 16 8 1 0 1 1 1", 2, true);
        float[][] expected = rig.train(false);
        float[][] actual = rig.train(true);
        for (int part = 0; part < expected.length; part++) {
            assertArrayEquals(expected[part], actual[part], "part " + part);
        }
    }
}
