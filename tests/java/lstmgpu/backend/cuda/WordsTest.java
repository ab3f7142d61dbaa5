package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/** What words of kernels/cuda compute, with the host's e^x in place of a card's. */
class WordsTest {
    private static final double TOLERANCE = 4e-5;
    private static final int THREADS = 256;
    private static final int SIZES = 2000;

    private static float[] quickTanh(float... x) {
        try (RawDriver driver = new RawDriver()) {
            CUmodule module = new CUmodule();
            RawDriver.ok(JCudaDriver.cuModuleLoadData(module, Cudasim.image("words_probe")));
            CUfunction function = new CUfunction();
            RawDriver.ok(JCudaDriver.cuModuleGetFunction(function, module, "probe_quick_tanh"));
            CUdeviceptr from = driver.alloc(x.length);
            CUdeviceptr to = driver.alloc(x.length);
            RawDriver.ok(JCudaDriver.cuMemcpyHtoD(from, Pointer.to(x), (long) x.length * Sizeof.FLOAT));
            CUstream stream = driver.stream();
            Pointer arguments =
                    Pointer.to(Pointer.to(from), Pointer.to(to), Pointer.to(new int[] {x.length}), new Pointer());
            RawDriver.ok(JCudaDriver.cuLaunchCooperativeKernel(function, 1, 1, 1, THREADS, 1, 1, 0, stream, arguments));
            return driver.read(stream, to, x.length);
        }
    }

    @Test
    void tanhIsRightRelativeToItselfHoweverSmall() {
        float[] x = new float[2 * SIZES];
        for (int i = 0; i < SIZES; i++) {
            x[2 * i] = (float) Math.pow(10, -8 + 9.0 * i / (SIZES - 1));
            x[2 * i + 1] = -x[2 * i];
        }
        float[] y = quickTanh(x);
        for (int i = 0; i < x.length; i++) {
            double expected = Math.tanh(x[i]);
            assertTrue(Math.abs(y[i] - expected) <= TOLERANCE * Math.abs(expected), "tanh " + x[i] + " is " + y[i]);
        }
    }

    @Test
    void tanhOfTheEnds() {
        float[] y = quickTanh(0, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f);
        assertEquals(0, y[0]);
        assertTrue(Float.isNaN(y[1]), "NaN stays NaN");
        assertEquals(1, y[2]);
        assertEquals(-1, y[3]);
        assertEquals(1, y[4]);
    }
}
