package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lstmgpu.backend.Cell;
import org.junit.jupiter.api.Test;

/** How layers are divided on an H200. */
class SequencePlannerTest {
    private static final int MULTIPROCESSORS = 132;
    private static final int SHARED_BYTES = 232_448;

    /** The first of each way of exchange, as far as there is none with flags before it. */
    private static Stream<SequenceSplit> firstOfEachKind(List<SequenceSplit> splits) {
        Map<Exchange, SequenceSplit> first = new EnumMap<>(Exchange.class);
        for (SequenceSplit split : splits) {
            if (!first.containsKey(Exchange.FLAGS)) {
                first.putIfAbsent(split.exchange(), split);
            }
        }
        return first.values().stream();
    }

    private record Size(Cell cell, int hidden, int sequences) {}

    @Test
    void theImagesAreTheFirstChoicesOnAnH200() throws IOException {
        SequencePlanner planner = new SequencePlanner(MULTIPROCESSORS, SHARED_BYTES, true);
        List<String> chosen = Stream.of(
                        new Size(Cell.LSTM, 512, 64),
                        new Size(Cell.LSTM, 1024, 128),
                        new Size(Cell.LSTM, 2048, 64),
                        new Size(Cell.GRU, 512, 64),
                        new Size(Cell.RNN_TANH, 512, 64))
                .flatMap(size -> Stream.concat(
                        firstOfEachKind(planner.forward(size.cell, size.hidden, size.sequences)),
                        firstOfEachKind(planner.backward(size.cell, size.hidden, size.sequences))))
                .map(split -> split.kernel() + " " + String.join(" ", split.constants()))
                .toList();
        List<String> images = Files.readAllLines(Path.of("kernels/cuda/images.txt")).stream()
                .filter(line -> line.startsWith("rnn_sequence_"))
                .toList();
        assertEquals(String.join("\n", images), String.join("\n", chosen));
    }

    private static void assertFits(SequenceSplit split, int batch) {
        assertTrue(split.isEven(), split::toString);
        assertTrue(split.sharedBytes() <= SHARED_BYTES, split::toString);
        assertTrue(split.blocks() * split.groups(batch) <= MULTIPROCESSORS, split::toString);
        assertTrue(split.sequences() * split.groups(batch) >= batch, split::toString);
    }

    @Test
    void everySplitFits() {
        SequencePlanner planner = new SequencePlanner(MULTIPROCESSORS, SHARED_BYTES, true);
        for (Cell cell : Cell.values()) {
            for (int hidden : new int[] {64, 128, 192, 512, 640, 1536, 2048}) {
                for (int batch : new int[] {1, 7, 50, 64, 128}) {
                    Stream.concat(
                                    planner.forward(cell, hidden, batch).stream(),
                                    planner.backward(cell, hidden, batch).stream())
                            .forEach(split -> assertFits(split, batch));
                }
            }
            assertFalse(planner.forward(cell, 64, 3).isEmpty(), cell::toString);
            assertFalse(planner.backward(cell, 512, 64).isEmpty(), cell::toString);
        }
        assertFalse(planner.forward(Cell.LSTM, 512, 64).isEmpty());
        assertTrue(planner.forward(Cell.LSTM, 4096, 64).isEmpty(), "4096 units' weights are more than the chip holds");
    }
}
