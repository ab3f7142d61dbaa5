package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Captured steps: what they replay, what they refuse, what they leave. */
class CudaGraphTest {
    @Test
    void aReplayDoesWhatTheBodyDidOnBothQueues() {
        for (int seed = 1; seed <= 10; seed++) {
            try (CudaRig rig = new CudaRig()) {
                Cudasim.schedule(seed);
                KernelBuffer x = rig.floats(1);
                KernelBuffer y = rig.floats(10);
                KernelBuffer z = rig.floats(9);
                Step step = rig.device.capture(() -> {
                    rig.scale(x, 2, x);
                    rig.device.beside();
                    rig.scale(x, 3, y);
                    rig.device.back();
                    rig.device.copy(x, z);
                });
                assertArrayEquals(new float[] {1}, rig.read(x), "took effect before it was run");
                long before = Cudasim.calls("cuLaunchKernel");
                for (int run = 0; run < 3; run++) {
                    step.run();
                }
                assertArrayEquals(new float[] {24}, rig.read(y), "order " + seed);
                assertArrayEquals(new float[] {8}, rig.read(z));
                assertEquals(before, Cudasim.calls("cuLaunchKernel"), "launched one by one");
                step.close();
                step.close();
                assertThrows(IllegalStateException.class, step::run);
            }
        }
    }

    @Test
    void productsFillsAndCopiesTakeEffectOnlyInTheReplay() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer a = rig.floats(1, 2);
            KernelBuffer b = rig.floats(3, 4);
            KernelBuffer c = rig.floats(5);
            Product product = new Product(1, 1, 2, false, false, Precision.FP32);
            Step step = rig.device.capture(() -> {
                rig.device.multiply(product, a, b, true, c);
                rig.device.zero(a.slice(0, 1));
            });
            assertArrayEquals(new float[] {5}, rig.read(c));
            step.run();
            assertArrayEquals(new float[] {16}, rig.read(c));
            step.run();
            assertArrayEquals(new float[] {24}, rig.read(c));
            step.close();
        }
    }

    /** The stand-in refuses a product in a capture that is the first one of its handle in its precision. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void noProductIsMadeForTheFirstTimeInARecording(Precision precision) {
        for (boolean beside : new boolean[] {false, true}) {
            try (CudaRig rig = new CudaRig()) {
                ElementType type = precision == Precision.BF16 ? ElementType.BFLOAT16 : ElementType.FLOAT32;
                KernelBuffer a = rig.device.alloc(type, 6);
                KernelBuffer c = rig.floats(1, 2, 3, 4, 5, 6, 7, 8, 9);
                long products = Cudasim.calls("cublasGemmEx");
                try (Step step = rig.device.capture(() -> {
                    if (beside) {
                        rig.device.beside();
                    }
                    rig.device.multiply(new Product(3, 3, 2, false, true, precision), a, a, true, c);
                    rig.device.multiply(new Product(3, 3, 2, false, true, precision), a, a, true, c);
                    rig.device.back();
                })) {
                    assertEquals(products + 3, Cudasim.calls("cublasGemmEx"), "one in the rehearsal, two recorded");
                    step.run();
                }
                assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, rig.read(c));
            }
        }
    }

    @Test
    void aProductIsPreparedWithAsManyRowsAsThereIsMemoryFor() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer a = rig.floats(1, 2, 3, 4, 5);
            KernelBuffer c = rig.device.alloc(ElementType.FLOAT32, 25);
            Product product = new Product(5, 5, 1, false, true, Precision.FP32);
            Cudasim.fail("cuMemAlloc_v2", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            Cudasim.fail("cuMemAlloc_v2", 2, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            long asked = Cudasim.calls("cuMemAlloc_v2");
            try (Step step = rig.device.capture(() -> rig.device.multiply(product, a, a, false, c))) {
                assertEquals(asked + 3, Cudasim.calls("cuMemAlloc_v2"), "for 5, 3 and 2 rows");
                step.run();
                assertEquals(25, rig.read(c)[24]);
            }
        }
    }

    @Test
    void aProductThatTheRehearsalDidNotMakeIsRefused() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            KernelBuffer y = rig.floats(1);
            int[] runs = {0};
            assertRefused(rig, () -> {
                if (runs[0]++ > 0) {
                    rig.device.multiply(new Product(1, 1, 1, false, false, Precision.FP32), x, x, false, y);
                }
            });
        }
    }

    /** Other captures than relaxed ones forbid this. */
    @Test
    void whatALibraryAllocatesDuringARecordingDoesNotBreakIt() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(3);
            CUdeviceptr own = new CUdeviceptr();
            int[] runs = {0};
            try (Step step = rig.device.capture(() -> {
                if (runs[0]++ > 0) {
                    assertEquals(CUresult.CUDA_SUCCESS, JCudaDriver.cuMemAlloc(own, Float.BYTES));
                }
                rig.scale(x, 2, x);
            })) {
                step.run();
                assertArrayEquals(new float[] {6}, rig.read(x));
            }
            assertEquals(CUresult.CUDA_SUCCESS, JCudaDriver.cuMemFree(own));
        }
    }

    @Test
    void theRehearsalAllocatesAndPreparesForReal() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            List<KernelBuffer> made = new ArrayList<>();
            Step step = rig.device.capture(() -> {
                if (made.isEmpty()) {
                    made.add(rig.device.alloc(ElementType.FLOAT32, 1));
                    rig.device.immediately(() -> rig.scale(x, 5, made.getFirst()));
                }
                rig.scale(made.getFirst(), 2, x);
            });
            assertArrayEquals(new float[] {5}, rig.read(made.getFirst()));
            assertArrayEquals(new float[] {1}, rig.read(x));
            step.run();
            assertArrayEquals(new float[] {10}, rig.read(x));
            step.close();
        }
    }

    @Test
    void whatCannotBeReplayedIsRefused() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            Step other = rig.device.capture(() -> rig.scale(x, 2, x));
            assertRefused(rig, () -> rig.device.upload(new float[1], x));
            assertRefused(rig, () -> rig.read(x));
            assertRefused(rig, rig.device::synchronize);
            assertRefused(rig, () -> rig.device.capture(() -> {}));
            assertRefused(rig, other::run);
            int[] runs = {0};
            assertRefused(rig, () -> {
                if (runs[0]++ > 0) {
                    rig.device.alloc(ElementType.INT32, 1);
                }
            });
            assertRefused(rig, () -> {
                if (runs[0]++ > 2) {
                    rig.device.immediately(() -> rig.scale(x, 2, x));
                }
            });
            other.run();
            assertArrayEquals(new float[] {2}, rig.read(x), "the device works on");
            other.close();
        }
    }

    private static void assertRefused(CudaRig rig, Runnable body) {
        assertThrows(IllegalStateException.class, () -> rig.device.capture(body));
    }

    @Test
    void aKernelThatTheRehearsalDidNotLoadIsRefused() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            int[] runs = {0};
            assertRefused(rig, () -> {
                if (runs[0]++ > 0) {
                    rig.scale(x, 2, x);
                }
            });
        }
    }

    @Test
    void aFailureWhileRecordingLeavesTheDeviceInOrder() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            int[] runs = {0};
            assertThrows(
                    ArithmeticException.class,
                    () -> rig.device.capture(() -> {
                        rig.device.beside();
                        rig.scale(x, 2, x);
                        if (runs[0]++ > 0) {
                            throw new ArithmeticException();
                        }
                    }));
            for (String call : List.of("cuStreamBeginCapture_v2", "cuGraphInstantiateWithFlags")) {
                Cudasim.fail(call, 1, 1);
                assertThrows(LstmGpuException.class, () -> rig.device.capture(() -> rig.scale(x, 2, x)), call);
            }
            rig.scale(x, 3, x);
            assertArrayEquals(new float[] {3}, rig.read(x));
        }
    }

    @Test
    void aThousandRunsLeaveNothingBehind() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            try (Step step = rig.device.capture(() -> rig.scale(x, 1, x))) {
                step.run();
                long objects = Cudasim.liveObjects();
                long allocations = Cudasim.liveAllocations();
                for (int run = 0; run < 1000; run++) {
                    step.run();
                }
                rig.device.synchronize();
                assertEquals(objects, Cudasim.liveObjects());
                assertEquals(allocations, Cudasim.liveAllocations());
            }
        }
    }

    @Test
    void aStepMayOutliveItsDevice() {
        CudaRig rig = new CudaRig();
        KernelBuffer x = rig.floats(1);
        Step step = rig.device.capture(() -> rig.scale(x, 2, x));
        rig.device.close();
        assertThrows(IllegalStateException.class, step::run);
        step.close();
    }
}
