package lstmgpu.backend.cuda.sequence;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lstmgpu.backend.Cell;

/**
 * Prints lines as those of kernels/cuda/images.txt for the layers that tests/gpu/run has whole-sequence kernels
 * compute, as an H100 or H200 divides them: tests/gpu/pack has these compiled, so that nothing has to be compiled on
 * the machine with the GPU.
 */
final class PackedSplits {
    private static final SequencePlanner GPU = new SequencePlanner(132, 232_448, true);

    private PackedSplits() {}

    private record Layer(Cell cell, int hidden, int sequences) {}

    /** Those of the conformance suite, and the one that is trained. */
    private static Stream<Layer> layers() {
        Stream<Layer> tested = Stream.of(Cell.values())
                .filter(cell -> cell.isIn(Cell.Plan.SEQUENCE))
                .flatMap(cell -> Stream.of(1, 8, 64).map(sequences -> new Layer(cell, 64, sequences)));
        return Stream.concat(tested, Stream.of(new Layer(Cell.LSTM, 512, 64)));
    }

    public static void main(String[] none) {
        lines().forEach(System.out::println);
    }

    /** Those that SequenceTuner tries, so that none of them is compiled there. */
    static List<String> lines() {
        Map<String, SequenceSplit> found = new LinkedHashMap<>();
        layers().forEach(layer -> Stream.of(
                        GPU.forward(layer.cell, layer.hidden, layer.sequences),
                        GPU.backward(layer.cell, layer.hidden, layer.sequences))
                .flatMap(PackedSplits::tried)
                .forEach(split -> found.put(split.image(), split)));
        return found.values().stream()
                .map(split -> split.kernel() + " " + String.join(" ", split.constants()))
                .toList();
    }

    private static Stream<SequenceSplit> tried(List<SequenceSplit> splits) {
        Map<SequenceSplit, SequenceSplit> grids = new LinkedHashMap<>();
        Map<Exchange, Integer> count = new EnumMap<>(Exchange.class);
        for (SequenceSplit split : splits) {
            boolean isEnough = count.getOrDefault(split.exchange(), 0) == SequenceTuner.TRIED;
            if (!isEnough && grids.putIfAbsent(split.withTile(1, 0, 1), split) == null) {
                count.merge(split.exchange(), 1, Integer::sum);
            }
        }
        return grids.values().stream();
    }
}
