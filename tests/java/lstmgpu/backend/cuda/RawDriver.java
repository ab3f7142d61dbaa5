package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A context on the stand-in, with the kernels of tests/cudasim/probes.cu, for tests of the stand-in itself. */
final class RawDriver implements AutoCloseable {
    static final int BLOCK = 64;

    private final CUcontext context = new CUcontext();
    private final CUmodule module = new CUmodule();

    RawDriver() {
        Cudasim.load();
        Cudasim.quiet();
        JCudaDriver.setExceptionsEnabled(false);
        ok(JCudaDriver.cuInit(0));
        CUdevice device = new CUdevice();
        ok(JCudaDriver.cuDeviceGet(device, 0));
        ok(JCudaDriver.cuCtxCreate(context, 0, device));
        ok(JCudaDriver.cuModuleLoadData(module, Cudasim.image("probes")));
    }

    static void ok(int status) {
        assertEquals(CUresult.CUDA_SUCCESS, status, () -> CUresult.stringFor(status) + ": " + Cudasim.lastLine());
    }

    /** The call was refused with the code, and with a line that names the function and says so. */
    static void refused(int expected, int status, String function, String text) {
        assertEquals(CUresult.stringFor(expected), CUresult.stringFor(status), Cudasim::lastLine);
        assertTrue(Cudasim.lastLine().startsWith(function + ":"), Cudasim::lastLine);
        assertTrue(Cudasim.lastLine().contains(text), Cudasim::lastLine);
    }

    CUcontext context() {
        return context;
    }

    CUmodule module() {
        return module;
    }

    CUdeviceptr alloc(int floats) {
        CUdeviceptr pointer = new CUdeviceptr();
        ok(JCudaDriver.cuMemAlloc(pointer, (long) floats * Sizeof.FLOAT));
        return pointer;
    }

    /** Memory full of one value. */
    CUdeviceptr filled(int floats, float value) {
        CUdeviceptr pointer = alloc(floats);
        float[] values = new float[floats];
        Arrays.fill(values, value);
        ok(JCudaDriver.cuMemcpyHtoD(pointer, Pointer.to(values), (long) floats * Sizeof.FLOAT));
        return pointer;
    }

    CUstream stream() {
        CUstream stream = new CUstream();
        ok(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return stream;
    }

    CUfunction function(String name) {
        CUfunction function = new CUfunction();
        ok(JCudaDriver.cuModuleGetFunction(function, module, name));
        return function;
    }

    int launch(String kernel, int blocks, CUstream stream, NativePointerObject... arguments) {
        return launch(kernel, blocks, BLOCK, stream, arguments);
    }

    int launch(String kernel, int blocks, int threads, CUstream stream, NativePointerObject... arguments) {
        NativePointerObject[] closed = Arrays.copyOf(arguments, arguments.length + 1);
        closed[arguments.length] = new Pointer();
        return JCudaDriver.cuLaunchKernel(
                function(kernel), blocks, 1, 1, threads, 1, 1, 0, stream, Pointer.to(closed), null);
    }

    /** y += value in a stream. */
    int add(CUstream stream, CUdeviceptr y, int floats, float value) {
        return launch(
                "probe_add", 2, stream, Pointer.to(y), Pointer.to(new long[] {floats}), Pointer.to(new float[] {value
                }));
    }

    int multiply(CUstream stream, CUdeviceptr y, int floats, float value) {
        return launch(
                "probe_multiply", 2, stream, Pointer.to(y), Pointer.to(new long[] {floats}), Pointer.to(new float[] {
                    value
                }));
    }

    /** y[place] = 1. */
    int writeAt(CUstream stream, CUdeviceptr y, long place) {
        return launch("probe_write_at", 1, stream, Pointer.to(y), Pointer.to(new long[] {place}));
    }

    /** The values once the stream is done. */
    float[] read(CUstream stream, CUdeviceptr y, int floats) {
        float[] values = new float[floats];
        ok(JCudaDriver.cuStreamSynchronize(stream));
        ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), y, (long) floats * Sizeof.FLOAT));
        return values;
    }

    @Override
    public void close() {
        JCudaDriver.cuCtxDestroy(context);
        Cudasim.reset();
    }
}
