package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;

/** A device on the stand-in, and a few things to do with it. What is left over when it closes is a failure. */
public final class CudaRig implements AutoCloseable {
    private static final int COUNTERS = 3;

    private final long allocations;
    private final long objects;
    private final long reports;
    public final CudaDevice device;
    public final KernelBuffer counters;

    public CudaRig() {
        Cudasim.load();
        allocations = Cudasim.liveAllocations();
        objects = Cudasim.liveObjects();
        reports = Cudasim.reports();
        device = open(0);
        counters = device.alloc(ElementType.INT32, COUNTERS);
    }

    public static CudaDevice open(int index) {
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        return new CudaDevice(
                index, libraries, new KernelImages(libraries, Cudasim.folder().resolve("kernels")));
    }

    public KernelBuffer floats(float... values) {
        KernelBuffer buffer = device.alloc(ElementType.FLOAT32, values.length);
        device.upload(values, buffer);
        return buffer;
    }

    public float[] read(KernelBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        device.download(buffer, values);
        return values;
    }

    /** y = factor·x, by dropout that drops nothing. */
    public void scale(KernelBuffer x, float factor, KernelBuffer y) {
        device.call(Kernel.DROPOUT, ElementType.FLOAT32)
                .buffer(x)
                .buffer(y)
                .buffer(counters)
                .longInteger(1)
                .longInteger(x.length())
                .longInteger(0)
                .longInteger(0)
                .longInteger(0)
                .integer(0)
                .integer(0)
                .real(factor)
                .launch(1);
    }

    /** Closes the device; nothing may be left in the driver. */
    @Override
    public void close() {
        device.close();
        assertEquals(allocations, Cudasim.liveAllocations(), "allocations left");
        assertEquals(objects, Cudasim.liveObjects(), "objects left");
        assertEquals(reports, Cudasim.reports(), "calls refused: " + Cudasim.lastLine());
    }
}
