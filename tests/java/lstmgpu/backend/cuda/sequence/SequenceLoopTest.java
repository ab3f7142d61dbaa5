package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import lstmgpu.backend.Cell;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.OnTheStandIn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Loops of every kind of split: weights in registers, in shared memory or in both, one chunk or several, and backward
 * with gate gradients or sums or both or neither going from block to block.
 */
class SequenceLoopTest implements OnTheStandIn {
    private static final int SEEDS = 3;

    private static SequenceRig rig(Cell cell, String forward, String backward, int layers, boolean table) {
        return new SequenceRig(
                SequenceRig.images(),
                SplitText.forward(cell, forward),
                SplitText.backward(cell, backward),
                layers,
                table);
    }

    @ParameterizedTest
    @CsvSource({
        "LSTM, 64 16 8 0 4 1 1,   64 64 8 1 0 4 4 1,   2, true",
        "LSTM, 64 16 16 1 4 1 1,  64 16 16 4 0 4 0 1,  1, false",
        "LSTM, 64 16 8 1 4 1 1,   64 16 8 1 0 1 1 1,   1, true",
        "LSTM, 64 16 8 2 4 1 1,   64 16 8 4 2 4 0 1,   2, true",
        "LSTM, 64 16 16 2 4 1 1,  64 16 16 4 2 4 1 1,  1, false",
        "LSTM, 128 32 8 0 4 1 2,  128 16 8 2 0 2 1 2,  1, false",
        "LSTM, 128 32 8 0 8 2 4,  128 32 8 2 0 4 2 4,  2, true",
        "LSTM, 128 32 8 0 4 1 2,  128 16 8 4 3 4 0 2,  2, true",
        "GRU, 64 64 8 0 4 1 1,    64 64 8 1 0 4 3 1,   1, true",
        "GRU, 128 32 8 1 2 1 1,   128 32 8 2 3 4 2 1,  2, true",
        "GRU, 128 32 8 1 2 1 1,   128 32 8 2 0 4 2 1,  2, false",
        "GRU, 128 32 8 2 2 0 1,   128 32 8 4 2 8 3 1,  1, true",
        "RNN_TANH, 128 32 8 2 2 1 1, 128 32 8 4 2 8 1 1, 2, true",
        "RNN_RELU, 64 64 8 0 4 1 1,  64 64 8 1 0 4 1 1,  2, false"
    })
    void everySplitDoesAsTheFusedPlanDoes(Cell cell, String forward, String backward, int layers, boolean table) {
        SequenceRig rig = rig(cell, forward, backward, layers, table);
        SequenceRig.assertClose(rig.fused().train(false), rig.train(false));
    }

    @Test
    void whatHardlyMovesIsNotLostInRounding() {
        SequenceRig rig =
                rig(Cell.GRU, "128 32 8 1 2 1 1", "128 32 8 2 0 4 2 1", 1, true).thatHardlyForgets();
        SequenceRig.assertClose(rig.fused().train(false), rig.train(false));
    }

    @ParameterizedTest
    @CsvSource({
        "LSTM, 64 16 8 0 4 1 1, 64 16 8 1 0 1 1 1",
        "LSTM, 64 16 16 1 4 1 1, 64 16 16 4 0 4 0 1",
        "LSTM, 64 16 8 2 4 1 1, 64 16 8 4 2 4 0 1",
        "LSTM, 128 32 8 0 4 1 2, 128 16 8 2 0 2 1 2",
        "LSTM, 128 32 8 0 4 1 2, 128 16 8 4 3 4 0 2",
        "GRU, 128 32 8 1 2 1 1, 128 32 8 2 0 4 2 1",
        "RNN_TANH, 128 32 8 2 2 1 1, 128 32 8 4 2 8 1 1"
    })
    void everyOrderOfEventsGivesTheSameBits(Cell cell, String forward, String backward) {
        SequenceRig rig = rig(cell, forward, backward, 1, true);
        float[][] expected = rig.train(false);
        int blocks = SplitText.forward(cell, forward).blocks();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Cudasim.schedule(seed);
            Cudasim.lateBlock(seed * 5 % blocks);
            float[][] actual = rig.train(false);
            for (int part = 0; part < expected.length; part++) {
                assertArrayEquals(expected[part], actual[part], "schedule " + seed + ", part " + part);
            }
        }
    }

    /** Nothing is exchanged, and every block still waits until the others may end. */
    @Test
    void aSingleStepIsOneToo() {
        SequenceRig rig = rig(Cell.LSTM, "128 32 8 0 4 1 2", "128 16 8 4 3 4 0 2", 1, true)
                .ofOneStep();
        SequenceRig.assertClose(rig.fused().train(false), rig.train(false));
    }

    @Test
    void aRecordedStepGivesTheSameBits() {
        SequenceRig rig = rig(Cell.LSTM, "64 16 8 1 4 1 1", "64 16 8 1 0 1 1 1", 2, true);
        float[][] expected = rig.train(false);
        float[][] actual = rig.train(true);
        for (int part = 0; part < expected.length; part++) {
            assertArrayEquals(expected[part], actual[part], "part " + part);
        }
    }
}
