package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two queues wait for each other wherever they must: results are right in every schedule, and with any wait left
 * out they are not.
 */
class CudaWaitTest implements OnTheStandIn {
    private static final String WAIT = "cuStreamWaitEvent";
    private static final int SIDE = 5;
    private static final int SEEDS = 20;
    private static final Product PRODUCT = new Product(SIDE, SIDE, SIDE, false, false, Precision.FP32);

    /** (A·A)·(A+…) three times over, with every first factor computed beside; straight or as a recorded step. */
    private static float[] compute(boolean recorded) {
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 % 11 - 5) / 8f;
        }
        try (CudaDevice device = CudaRig.open(0);
                KernelBuffer a = device.alloc(ElementType.FLOAT32, values.length);
                KernelBuffer square = device.alloc(ElementType.FLOAT32, values.length);
                KernelBuffer sum = device.alloc(ElementType.FLOAT32, values.length)) {
            device.upload(values, a);
            Runnable body = () -> {
                for (int round = 0; round < 3; round++) {
                    device.beside();
                    device.multiply(PRODUCT, a, a, false, square);
                    device.back();
                    device.copy(a, sum);
                    device.join();
                    device.multiply(PRODUCT, square, sum, false, a);
                }
            };
            if (recorded) {
                try (Step step = device.capture(body)) {
                    step.run();
                    device.synchronize();
                }
            } else {
                body.run();
            }
            device.download(a, values);
        }
        return values;
    }

    /** Nothing where the driver refused. */
    private static Optional<float[]> computeWithout(int wait, boolean recorded, int seed) {
        Cudasim.reset();
        Cudasim.quiet();
        Cudasim.schedule(seed);
        Cudasim.fail(WAIT, wait, Cudasim.DROP);
        try {
            return Optional.of(compute(recorded));
        } catch (LstmGpuException refused) {
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyScheduleGivesTheSameNumbers(boolean recorded) {
        float[] expected = compute(false);
        for (int seed = 0; seed < SEEDS; seed++) {
            Cudasim.schedule(seed);
            assertArrayEquals(expected, compute(recorded), "schedule " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMissingWaitIsNoticed(boolean recorded) {
        long before = Cudasim.calls(WAIT);
        float[] expected = compute(recorded);
        int waits = (int) (Cudasim.calls(WAIT) - before);
        assertTrue(waits >= 6, waits + " waits");
        for (int wait = 1; wait <= waits; wait++) {
            int noticed = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                Optional<float[]> actual = computeWithout(wait, recorded, seed);
                noticed += actual.isEmpty() || !Arrays.equals(expected, actual.get()) ? 1 : 0;
            }
            assertTrue(noticed > 0, "nobody noticed that wait %d of %d is missing".formatted(wait, waits));
        }
        Cudasim.reset();
        assertEquals(0, Arrays.compare(expected, compute(recorded)));
    }
}
