package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/**
 * Every whole-sequence kernel of kernels/cuda/images.txt on the machine's own GPU, whichever of them its plans would
 * choose, at sizes that fill it; {@code -Dlstmgpu.test.toy=true} takes those that the stand-in has images of. Clusters
 * that the GPU has no room for are left out. tests/gpu/run selects this class by its name.
 */
class SequencesOnDevice {
    private static final boolean TOY = Boolean.getBoolean("lstmgpu.test.toy");
    private static final int RUNS = 4;
    private static final int STEPS = TOY ? 5 : 48;

    /** Blocks that fill an H200. */
    private static final int BLOCKS = TOY ? 8 : 128;

    private static final List<SequenceSplit> TOYS = List.of(
            SplitText.forward("64 16 8 1 4 1 1"),
            SplitText.backward("64 16 8 1 0 1 1 1"),
            SplitText.forward("64 16 8 2 4 1 1"),
            SplitText.backward("64 16 8 4 2 4 0 1"),
            SplitText.forward("128 32 8 0 4 1 2"),
            SplitText.backward("128 16 8 4 3 4 0 2"));

    private final CudaLibraries libraries = CudaLibraries.find();
    private final KernelImages images = KernelImages.find(libraries);

    @TestFactory
    Stream<DynamicTest> everySplitDoesAsTheFusedPlanDoes() throws IOException {
        List<SequenceSplit> splits = TOY ? TOYS : inTheJar();
        return splits.stream()
                .collect(Collectors.groupingBy(split -> List.of(split.cell(), split.hidden())))
                .values()
                .stream()
                .flatMap(SequencesOnDevice::pairs)
                .map(pair -> DynamicTest.dynamicTest(pair.toString(), () -> check(pair.forward, pair.backward)));
    }

    private record Pair(SequenceSplit forward, SequenceSplit backward) {}

    /** Splits of one size, each in a pair. */
    private static Stream<Pair> pairs(List<SequenceSplit> splits) {
        List<SequenceSplit> forward =
                splits.stream().filter(SequenceSplit::isForward).toList();
        List<SequenceSplit> backward =
                splits.stream().filter(split -> !split.isForward()).toList();
        return IntStream.range(0, Math.max(forward.size(), backward.size()))
                .mapToObj(i -> new Pair(
                        forward.get(Math.min(i, forward.size() - 1)), backward.get(Math.min(i, backward.size() - 1))));
    }

    private static List<SequenceSplit> inTheJar() throws IOException {
        try (InputStream text = KernelImages.class.getResourceAsStream("/kernels/cuda/images.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("rnn_sequence_"))
                    .map(SplitText::ofLine)
                    .toList();
        }
    }

    private void check(SequenceSplit forward, SequenceSplit backward) {
        assertTrue(libraries.driver().isUsable(), "no driver");
        try {
            train(forward, backward);
        } catch (CooperativeRefusal refusal) {
            throw new TestAbortedException(refusal.getMessage(), refusal);
        }
    }

    /** The last group of sequences is not full. */
    private void train(SequenceSplit forward, SequenceSplit backward) {
        int sequences = BLOCKS / forward.blocks() * forward.sequences() - 3;
        SequenceRig rig = new SequenceRig(libraries, images, forward, backward, STEPS, sequences);
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
