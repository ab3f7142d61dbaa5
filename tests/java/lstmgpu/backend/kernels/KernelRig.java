package lstmgpu.backend.kernels;

import java.util.Arrays;
import java.util.Random;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.CudaBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;

/** A backend of kernels on the stand-in, and buffers for it. */
final class KernelRig implements AutoCloseable {
    final KernelBackend backend;
    final StepClock clock;
    private final Random random = new Random(7);

    KernelRig() {
        Cudasim.load();
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        KernelImages images = new KernelImages(libraries, Cudasim.folder().resolve("kernels"));
        backend = (KernelBackend) CudaBackend.open(0, libraries, images, _ -> {});
        clock = new StepClock(backend);
        float[] rates = new float[StepClock.RATES];
        Arrays.fill(rates, 0.1f);
        clock.setRates(rates);
    }

    float[] values(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    KernelBuffer floats(float... values) {
        KernelBuffer buffer = (KernelBuffer) backend.alloc(ElementType.FLOAT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    KernelBuffer integers(int... values) {
        KernelBuffer buffer = (KernelBuffer) backend.alloc(ElementType.INT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    float[] read(DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    /** A BFLOAT16 buffer as floats. */
    float[] widened(KernelBuffer rounded) {
        try (DeviceBuffer wide = backend.alloc(ElementType.FLOAT32, rounded.length())) {
            backend.kernelDevice()
                    .call(Kernel.WIDEN, ElementType.BFLOAT16)
                    .buffer(rounded)
                    .buffer(wide)
                    .longInteger(rounded.length())
                    .launch(1);
            return read(wide);
        }
    }

    /** The nearest numbers with eight significant bits, at a tie the even one. */
    static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            double unit = Math.scalb(1.0, Math.max(Math.getExponent(values[i]), Float.MIN_EXPONENT) - 7);
            rounded[i] = (float) (Math.rint(values[i] / unit) * unit);
        }
        return rounded;
    }

    @Override
    public void close() {
        clock.close();
        backend.close();
    }
}
