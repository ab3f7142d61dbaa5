package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.ChildProcess;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the first steps needed is enough for ten thousand, with saving, evaluating and sampling on the way: of the
 * device's memory the first two thousand, of the heap the first six, since classes that are loaded once still come in
 * the third two where other programs use the cores. In a process of its own, since other tests' leavings come and go
 * by megabytes.
 */
class MemoryOverTimeTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void isFlat(String device) {
        ChildProcess run = ChildProcess.of(
                Map.of(),
                LongTraining.class.getName(),
                device,
                folder.resolve("run").toString());
        assertEquals(0, run.code(), run.err());
        List<long[]> held = run.out()
                .lines()
                .map(line -> Arrays.stream(line.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .toList();
        assertEquals(LongTraining.STEPS / LongTraining.SAVE_EVERY, held.size(), run.out());
        long[] first = held.getFirst();
        held.forEach(later -> assertEquals(first[1], later[1], "bytes of the device: " + run.out()));
        held.forEach(later -> assertEquals(first[2], later[2], "allocations and objects: " + run.out()));
        // What is held for the moment only adds to the heap; a kilobyte a step would add two megabytes to the last
        // two.
        long least = held.subList(3, held.size()).stream()
                .mapToLong(later -> later[0])
                .min()
                .orElseThrow();
        assertTrue(least - held.get(2)[0] < 250_000, "bytes of heap: " + run.out());
    }
}
