package lstmgpu.backend.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelCall;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.MemoryPool;
import lstmgpu.backend.kernels.Product;
import org.jocl.CL;

/** A device of any maker through OpenCL, with one queue. */
final class OpenClDevice implements KernelDevice {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final OpenClContext context;
    private final OpenClMemory memory;
    private final OpenClStaging staging;
    private final OpenClCall call;
    private final OpenClProducts products;
    private final DeviceInfo info;

    /**
     * @param index counted from 0 over all platforms
     * @param cache a folder for compiled kernels
     * @throws lstmgpu.LstmGpuException with exit code 4 if there is no such device or it cannot be used
     */
    OpenClDevice(int index, Path cache) {
        context = OpenClContext.open(index);
        releases.push(context::close);
        try {
            memory = new OpenClMemory(context);
            releases.push(memory::close);
            staging = new OpenClStaging(context);
            releases.push(staging::close);
            OpenClPrograms programs = new OpenClPrograms(context, cache);
            releases.push(programs::close);
            call = new OpenClCall(context, memory, programs);
            products = new OpenClProducts(this, context, call, programs, cache);
            OpenClUnit unit = context.unit();
            info = new DeviceInfo(
                    "opencl", unit.name(), unit.detail(), unit.memoryBytes(), unit.platform() + " " + unit.driver());
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    OpenClProducts products() {
        return products;
    }

    OpenClUnit unit() {
        return context.unit();
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    @Override
    public KernelBuffer alloc(ElementType type, long length) {
        context.enter();
        return memory.alloc(type, length);
    }

    @Override
    public void upload(MemorySegment source, KernelBuffer target) {
        context.refuseInRehearsal("upload from the host");
        staging.upload(source, open(target));
    }

    @Override
    public void download(KernelBuffer source, float[] target) {
        staging.download(downloadable(source), target);
    }

    @Override
    public void download(KernelBuffer source, int[] target) {
        staging.download(downloadable(source), target);
    }

    private OpenClBuffer downloadable(KernelBuffer source) {
        context.refuseInRehearsal("download to the host");
        return open(source);
    }

    @Override
    public void zero(KernelBuffer target) {
        OpenClBuffer own = open(target);
        if (!context.isRehearsing()) {
            memory.zero(own);
        }
    }

    private OpenClBuffer open(KernelBuffer buffer) {
        context.enter();
        OpenClBuffer own = memory.own(buffer);
        own.memory();
        return own;
    }

    @Override
    public void copy(KernelBuffer source, KernelBuffer target) {
        OpenClBuffer from = open(source);
        OpenClBuffer to = open(target);
        if (from.length() > 0 && !context.isRehearsing()) {
            int status = CL.clEnqueueCopyBuffer(
                    context.queue(), from.memory(), to.memory(), from.start(), to.start(), from.bytes(), 0, null, null);
            context.check().status(status, "copying on the device");
        }
    }

    @Override
    public void synchronize() {
        context.enter();
        context.refuseInRehearsal("wait for the device");
        context.finish();
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        return Math.max(0, info.memoryBytes() - OpenClStaging.BYTES - memory.allocatedBytes());
    }

    @Override
    public long blockBytes(long bytes) {
        if (bytes > context.unit().largestBuffer()) {
            throw new ArithmeticException("no buffer can be so large");
        }
        return MemoryPool.capacity(bytes);
    }

    @Override
    public KernelCall call(Kernel kernel, ElementType storage) {
        return call.of(kernel, storage);
    }

    @Override
    public void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        context.enter();
        products.multiply(product, a, b, add, c);
    }

    @Override
    public void beside() {
        context.enter();
    }

    @Override
    public void back() {
        context.enter();
    }

    @Override
    public void join() {
        context.enter();
    }

    @Override
    public void immediately(Runnable body) {
        context.enter();
        context.immediately(body);
    }

    /** OpenCL 1.2 records nothing: the step is its code, of which only the preparations are made here. */
    @Override
    public Step capture(Runnable body) {
        context.enter();
        context.rehearse(body);
        return new OpenClStep(context, body);
    }

    /** Lets go of everything, whatever state the device is in. */
    @Override
    public void close() {
        if (context.isClosed()) {
            return;
        }
        CL.clFinish(context.queue());
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
