package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import lstmgpu.backend.Cell;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every whole-sequence kernel of kernels/cuda/images.txt on the machine's own GPU, whichever of them its plans would choose, at sizes that
 * fill it; {@code -Dlstmgpu.test.toy=true} takes those that the stand-in has images of. tests/gpu/run selects this class by its name.
 */
class SequencesOnDevice {
    private static final boolean TOY = Boolean.getBoolean("lstmgpu.test.toy");
    private static final int RUNS = 4;
    private static final int STEPS = TOY ? 5 : 48;

    /** Blocks that fill an H200. */
    private static final int BLOCKS = TOY ? 8 : 128;

    /** A cell, and its forward and its backward split as {@link SequenceRig} reads them. */
    private static final String[] SPLITS = {
        "LSTM, 512 32 8 0 2 4 1, 512 32 8 16 0 8 4 1",
        "LSTM, 512 32 8 1 2 4 1, 512 32 8 16 0 8 4 1",
        "LSTM, 512 32 8 2 2 4 1, 512 32 8 16 2 8 4 1",
        "LSTM, 1024 32 32 0 4 7 4, 1024 32 32 4 0 4 6 4",
        "LSTM, 2048 16 64 0 4 14 8, 2048 16 64 8 0 8 11 8",
        "GRU, 512 32 8 0 2 4 1, 512 32 8 1 0 1 6 1",
        "GRU, 512 32 8 1 2 4 1, 512 32 8 1 0 1 6 1",
        "GRU, 512 32 8 2 2 4 1, 512 32 8 16 2 8 3 1",
        "RNN_TANH, 512 32 8 0 1 2 1, 512 32 8 1 0 1 2 1",
        "RNN_TANH, 512 32 8 1 1 2 1, 512 32 8 1 0 1 2 1",
        "RNN_TANH, 512 32 8 2 1 2 1, 512 32 8 16 2 8 1 1"
    };

    private static final String[] TOYS = {
        "LSTM, 64 16 8 1 4 1 1, 64 16 8 1 0 1 1 1", "LSTM, 64 16 8 2 4 1 1, 64 16 8 4 2 4 0 1"
    };

    private final CudaLibraries libraries = CudaLibraries.find();
    private final KernelImages images = KernelImages.find(libraries);

    @TestFactory
    Stream<DynamicTest> everySplitDoesAsTheFusedPlanDoes() {
        return Stream.of(TOY ? TOYS : SPLITS).map(splits -> DynamicTest.dynamicTest(splits, () -> check(splits)));
    }

    /** The last group of lanes is not full. */
    private void check(String splits) {
        assertTrue(libraries.driver().isUsable(), "no driver");
        String[] fields = splits.split(",");
        Cell cell = Cell.valueOf(fields[0]);
        SequenceSplit forward = SequenceRig.forward(cell, fields[1]);
        SequenceSplit backward = SequenceRig.backward(cell, fields[2]);
        int lanes = BLOCKS / forward.blocks() * forward.lanes() - 3;
        SequenceRig rig = new SequenceRig(libraries, images, forward, backward, STEPS, lanes);
        float[][] first = rig.train(false);
        SequenceRig.assertClose(rig.fused().train(false), first);
        for (int run = 1; run < RUNS; run++) {
            float[][] again = rig.train(run % 2 == 1);
            for (int part = 0; part < first.length; part++) {
                assertArrayEquals(first[part], again[part], "run " + run + ", part " + part);
            }
        }
    }
}
