package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelCall;
import org.junit.jupiter.api.Test;

/** Launches: their arguments, their order in two queues, their errors. */
class CudaCallTest {
    @Test
    void argumentsArriveInOrder() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1, 2, 3, 4, 5);
            KernelBuffer y = rig.floats(9, 9, 9, 9, 9);
            rig.scale(x.slice(1, 3), 0.5f, y.slice(2, 3));
            assertArrayEquals(new float[] {9, 9, 1, 1.5f, 2}, rig.read(y));
        }
    }

    @Test
    void theSecondQueueWaitsForTheFirstAndTheFirstAtTheJoin() {
        for (int seed = 1; seed <= 10; seed++) {
            try (CudaRig rig = new CudaRig()) {
                Cudasim.schedule(seed);
                KernelBuffer x = rig.floats(1);
                KernelBuffer y = rig.floats(0);
                rig.scale(x, 2, x);
                rig.device.beside();
                rig.scale(x, 3, y);
                rig.device.back();
                rig.device.join();
                rig.scale(y, 5, x);
                rig.device.beside();
                rig.scale(x, 7, y);
                rig.device.back();
                assertArrayEquals(new float[] {210}, rig.read(y), "order " + seed);
            }
        }
    }

    @Test
    void anEmptyGridDoesNothing() {
        try (CudaRig rig = new CudaRig()) {
            KernelCall call = rig.device.call(Kernel.DROPOUT, ElementType.FLOAT32);
            call.launch(0);
            call.launch(1, 0);
            assertThrows(IllegalArgumentException.class, () -> call.launch(1L << 31));
            assertThrows(IllegalArgumentException.class, () -> call.launch(1, 1 << 16));
            assertThrows(IllegalArgumentException.class, () -> call.launch(-1));
            assertThrows(IllegalArgumentException.class, () -> rig.device.call(Kernel.DROPOUT, ElementType.INT32));
        }
    }

    @Test
    void aWrongNumberOfArgumentsIsCaught() {
        CudaRig rig = new CudaRig();
        KernelBuffer x = rig.floats(1);
        KernelCall call =
                rig.device.call(Kernel.DROPOUT, ElementType.FLOAT32).buffer(x).buffer(x);
        LstmGpuException error = assertThrows(LstmGpuException.class, () -> call.launch(1));
        assertEquals(ExitCode.FAILED, error.exitCode());
        assertTrue(
                error.getMessage()
                        .startsWith(
                                "launching dropout (FLOAT32) with 2 arguments on a grid of 1 x 1 blocks of 256 threads"
                                        + " failed on "),
                error.getMessage());
        KernelCall many = rig.device.call(Kernel.DROPOUT, ElementType.FLOAT32);
        assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < 100; i++) {
                many.integer(i);
            }
        });
        rig.device.close();
    }

    @Test
    void foreignAndClosedBuffersAreRefused() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            x.close();
            KernelCall call = rig.device.call(Kernel.DROPOUT, ElementType.FLOAT32);
            assertThrows(IllegalStateException.class, () -> call.buffer(x));
            assertThrows(IllegalArgumentException.class, () -> call.buffer(new ForeignBuffer()));
            call.buffer(null);
        }
    }
}
