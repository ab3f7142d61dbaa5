package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import org.junit.jupiter.api.Test;

/** Which algorithm of cuDNN is taken. */
class CudnnAlgorithmsTest {
    private static CudnnLayerSpec layer(Precision precision, int batch, int inputs, int hidden) {
        return new CudnnLayerSpec(Cell.LSTM, 3, batch, inputs, hidden, precision, true);
    }

    @Test
    void everyAlgorithmThatCudnnHasIsTriedOnce() {
        try (CudnnRig rig = new CudnnRig();
                CudnnHandle cudnn = new CudnnHandle(rig.device.context(), rig.device.queues())) {
            CudnnAlgorithms algorithms = new CudnnAlgorithms(rig.device, cudnn);
            int pass = 6;
            assertEquals(pass, trials(algorithms, layer(Precision.FP32, 8, 5, 7)), "standard");
            assertEquals(2L * pass, trials(algorithms, layer(Precision.FP32, 8, 128, 128)), "dynamic, standard");
            assertEquals(3L * pass, trials(algorithms, layer(Precision.BF16, 8, 128, 128)), "static too");
            assertEquals(2 * pass + 1, trials(algorithms, layer(Precision.BF16, 9, 128, 128)), "not with 9 lanes");
            assertEquals(0, trials(algorithms, layer(Precision.FP32, 8, 128, 128)), "known");
            assertEquals(CudnnAlgorithm.STANDARD, algorithms.fastest(layer(Precision.FP32, 8, 5, 7)));
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
