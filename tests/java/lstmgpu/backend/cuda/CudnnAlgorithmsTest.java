package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which algorithm of cuDNN is taken. */
class CudnnAlgorithmsTest {
    private static CudnnLayerSpec layer(Precision precision, int batch, int inputs, int hidden) {
        return new CudnnLayerSpec(Cell.LSTM, 3, batch, inputs, hidden, precision, true);
    }

    /** Of a trial: one to load what is loaded on first use, five that are timed. */
    private static final long PASSES = 6;

    @TempDir
    Path folder;

    @Test
    void everyAlgorithmThatCudnnHasIsTriedOnce() {
        try (CudnnRig rig = new CudnnRig();
                CudnnHandle cudnn = new CudnnHandle(rig.device.context(), rig.device.queues())) {
            CudnnAlgorithms algorithms = new CudnnAlgorithms(rig.device, cudnn, folder);
            assertEquals(PASSES, trials(algorithms, layer(Precision.FP32, 8, 5, 7)), "standard");
            assertEquals(2 * PASSES, trials(algorithms, layer(Precision.FP32, 8, 128, 128)), "dynamic, standard");
            assertEquals(3 * PASSES, trials(algorithms, layer(Precision.BF16, 8, 128, 128)), "static too");
            assertEquals(2 * PASSES + 1, trials(algorithms, layer(Precision.BF16, 9, 128, 128)), "not with 9 lanes");
            assertEquals(0, trials(algorithms, layer(Precision.FP32, 8, 128, 128)), "known");
            assertEquals(CudnnAlgorithm.STANDARD, algorithms.fastest(layer(Precision.FP32, 8, 5, 7)));
        }
    }

    @Test
    void whatWasChosenIsKept() throws IOException {
        CudnnLayerSpec layer = layer(Precision.FP32, 8, 128, 128);
        try (CudnnRig rig = new CudnnRig();
                CudnnHandle cudnn = new CudnnHandle(rig.device.context(), rig.device.queues())) {
            Supplier<CudnnAlgorithms> later = () -> new CudnnAlgorithms(rig.device, cudnn, folder);
            CudnnAlgorithm chosen = later.get().fastest(layer);
            Path kept;
            try (Stream<Path> files = Files.list(folder)) {
                kept = files.findFirst().orElseThrow();
            }
            assertEquals(chosen.toString(), Files.readString(kept).strip());
            CudnnAlgorithm other =
                    chosen == CudnnAlgorithm.STANDARD ? CudnnAlgorithm.PERSIST_DYNAMIC : CudnnAlgorithm.STANDARD;
            Files.writeString(kept, other + "\n");
            assertEquals(other, later.get().fastest(layer), "what is kept is taken");
            assertEquals(1, trials(later.get(), layer), "one pass loads what cuDNN loads");
            assertEquals(2 * PASSES, trials(later.get(), layer(Precision.TF32, 8, 128, 128)), "another layer");
            Files.writeString(kept, CudnnAlgorithm.PERSIST_STATIC + "\n");
            assertEquals(2 * PASSES, trials(later.get(), layer), "one that cuDNN does not take for float32");
            Files.writeString(kept, "no algorithm");
            assertEquals(2 * PASSES, trials(later.get(), layer), "a file that says nothing");
        }
    }

    private static long trials(CudnnAlgorithms algorithms, CudnnLayerSpec layer) {
        long before = Cudasim.calls("cudnnRNNForward");
        algorithms.fastest(layer);
        return Cudasim.calls("cudnnRNNForward") - before;
    }

    @Test
    void aLaterAlgorithmHasToBeClearlyFaster() {
        assertEquals(
                CudnnAlgorithm.PERSIST_STATIC,
                CudnnAlgorithms.choose(Map.of(CudnnAlgorithm.PERSIST_STATIC, 1.0, CudnnAlgorithm.STANDARD, 0.95)));
        assertEquals(
                CudnnAlgorithm.STANDARD,
                CudnnAlgorithms.choose(Map.of(CudnnAlgorithm.PERSIST_DYNAMIC, 1.0, CudnnAlgorithm.STANDARD, 0.5)));
    }
}
