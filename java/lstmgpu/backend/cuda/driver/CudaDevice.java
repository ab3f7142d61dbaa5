package lstmgpu.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelCall;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.MemoryPool;
import lstmgpu.backend.kernels.Product;

/** An NVIDIA GPU through the driver API. */
public final class CudaDevice implements KernelDevice {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final CudaContext context;
    private final CudaCheck check;
    private final CudaQueues queues;
    private final CudaMemory memory;
    private final CudaStaging staging;
    private final CudaModules modules;
    private final Residency residency;
    private final CudaCall call;
    private final DeviceProducts products;
    private final DeviceInfo info;

    /**
     * @param index counted from 0, as the driver counts
     * @throws lstmgpu.LstmGpuException with exit code 4 if there is no such GPU or the driver cannot use it
     */
    public CudaDevice(int index, CudaLibraries libraries, KernelImages images) {
        context = CudaContext.open(index);
        releases.push(context::close);
        check = context.check();
        try {
            context.enter();
            long total = context.memoryBytes();
            queues = new CudaQueues(check);
            releases.push(queues::close);
            memory = new CudaMemory(check, queues, total);
            releases.push(memory::close);
            staging = new CudaStaging(check, queues);
            releases.push(staging::close);
            modules = new CudaModules(check, queues, images, context.major(), context.minor());
            releases.push(modules::close);
            residency = new Residency(context, libraries.driver());
            call = new CudaCall(context, queues, memory, modules);
            products = products(libraries.cublas());
            releases.push(products::close);
            info = new DeviceInfo("cuda", context.name(), detail(), total, "CUDA " + context.driverVersion());
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private DeviceProducts products(CudaLibrary cublas) {
        if (cublas.isUsable()) {
            return new CublasProducts(context, queues, memory);
        }
        return new PortableProducts(this);
    }

    private String detail() {
        return "compute capability %d.%d, %d multiprocessors, driver for CUDA %s, %s"
                .formatted(
                        context.major(),
                        context.minor(),
                        context.multiprocessors(),
                        context.driverVersion(),
                        products.description());
    }

    /** Has something closed before the device is. */
    public void onClose(Runnable release) {
        releases.push(release);
    }

    /** @throws IllegalArgumentException for memory of another device */
    public CudaBuffer own(DeviceBuffer buffer) {
        return memory.own(buffer);
    }

    public CudaContext context() {
        return context;
    }

    public CudaQueues queues() {
        return queues;
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
        context.enter();
        queues.refuseInCapture("upload from the host");
        CudaBuffer own = own(target);
        own.pointer();
        staging.upload(source, own);
    }

    @Override
    public void download(KernelBuffer source, float[] target) {
        staging.download(downloadable(source), target);
    }

    @Override
    public void download(KernelBuffer source, int[] target) {
        staging.download(downloadable(source), target);
    }

    private CudaBuffer downloadable(KernelBuffer source) {
        context.enter();
        queues.refuseInCapture("download to the host");
        CudaBuffer own = own(source);
        own.pointer();
        return own;
    }

    @Override
    public void zero(KernelBuffer target) {
        context.enter();
        CudaBuffer own = own(target);
        CudaPointer to = own.pointer();
        if (own.length() > 0 && !queues.isRehearsing()) {
            check.driver(JCudaDriver.cuMemsetD8Async(to, (byte) 0, own.bytes(), queues.current()), "clearing memory");
        }
    }

    @Override
    public void copy(KernelBuffer source, KernelBuffer target) {
        context.enter();
        CudaBuffer own = own(source);
        CudaPointer from = own.pointer();
        CudaPointer to = own(target).pointer();
        if (own.length() > 0 && !queues.isRehearsing()) {
            check.driver(JCudaDriver.cuMemcpyDtoDAsync(to, from, own.bytes(), queues.current()), "copying on the GPU");
        }
    }

    @Override
    public void synchronize() {
        context.enter();
        queues.synchronize();
    }

    /** Gives memory that was freed back to the driver. */
    public void trim() {
        context.enter();
        memory.trim();
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        context.enter();
        return memory.freeBytes();
    }

    @Override
    public long blockBytes(long bytes) {
        return MemoryPool.capacity(bytes);
    }

    @Override
    public KernelCall call(Kernel kernel, ElementType storage) {
        return call.of(kernel, storage);
    }

    /**
     * A kernel whose blocks wait for each other, ready to be launched.
     *
     * @param description for messages
     * @throws lstmgpu.LstmGpuException with exit code 4 if there is neither an image of it nor a compiler
     * @throws CooperativeRefusal if the driver does not give it what it needs
     */
    public CooperativeKernel cooperative(
            String file,
            String kernel,
            String[] constants,
            String description,
            int sharedBytes,
            CooperativeKernel.Waiting waiting) {
        context.enter();
        DriverFunction function = modules.function(file, kernel, constants);
        return new CooperativeKernel(residency, function, description, sharedBytes, waiting);
    }

    /** Starts a call, which {@link CudaCall#launchCooperative} ends. */
    public CudaCall call(CooperativeKernel kernel, int columns) {
        return call.of(kernel, columns);
    }

    @Override
    public void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        context.enter();
        products.multiply(product, a, b, add, c);
    }

    @Override
    public void beside() {
        context.enter();
        queues.beside();
    }

    @Override
    public void back() {
        queues.back();
    }

    @Override
    public void join() {
        context.enter();
        queues.join();
    }

    @Override
    public void immediately(Runnable body) {
        context.enter();
        queues.immediately(body);
    }

    @Override
    public Step capture(Runnable body) {
        context.enter();
        return CudaGraph.capture(context, queues, body);
    }

    /** Lets go of everything, whatever state the GPU is in. */
    @Override
    public void close() {
        if (context.isClosed()) {
            return;
        }
        context.enterToClose();
        if (queues != null) {
            queues.drain();
        }
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
