package lstmgpu.backend.cuda.driver;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.Kernel;

/** The kernels, loaded a file at a time when the first of its kernels is called. */
final class CudaModules implements AutoCloseable {
    private final CudaCheck check;
    private final CudaQueues queues;
    private final KernelImages images;
    private final int major;
    private final int minor;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<Kernel, DriverFunction> float32 = new EnumMap<>(Kernel.class);
    private final Map<Kernel, DriverFunction> bfloat16 = new EnumMap<>(Kernel.class);
    private final Map<String, DriverFunction> shaped = new HashMap<>();

    /**
     * @param major of the GPU's compute capability
     * @param minor of the GPU's compute capability
     */
    CudaModules(CudaCheck check, CudaQueues queues, KernelImages images, int major, int minor) {
        this.check = check;
        this.queues = queues;
        this.images = images;
        this.major = major;
        this.minor = minor;
    }

    /** @param storage what {@code real} is in the kernel's text */
    DriverFunction function(Kernel kernel, ElementType storage) {
        Map<Kernel, DriverFunction> functions =
                switch (storage) {
                    case FLOAT32 -> float32;
                    case BFLOAT16 -> bfloat16;
                    case INT32 -> throw new IllegalArgumentException("a kernel stores FLOAT32 or BFLOAT16");
                };
        DriverFunction function = functions.get(kernel);
        if (function == null) {
            function = load(kernel, storage);
            functions.put(kernel, function);
        }
        return function;
    }

    /**
     * A kernel with numbers compiled in.
     *
     * @param constants of the compiler, NAME=value
     * @throws lstmgpu.LstmGpuException with exit code 4 if there is neither an image of it nor a compiler
     */
    DriverFunction function(String file, String kernel, String... constants) {
        String name = KernelImages.name(file, constants);
        DriverFunction function = shaped.get(name);
        if (function == null) {
            CUmodule module = module(name, () -> images.image(file, constants, major, minor));
            function = find(module, kernel, name);
            shaped.put(name, function);
        }
        return function;
    }

    private DriverFunction load(Kernel kernel, ElementType storage) {
        if (queues.isRecording()) {
            throw new IllegalStateException(
                    "a captured step calls %s, which its rehearsal did not".formatted(kernel.function()));
        }
        String file = "%s (%s)".formatted(kernel.file(), storage);
        CUmodule module = module(file, () -> images.image(kernel.file(), storage, major, minor));
        return find(module, kernel.function(), file);
    }

    private CUmodule module(String file, Supplier<byte[]> image) {
        CUmodule module = modules.get(file);
        if (module == null) {
            byte[] bytes = image.get();
            module = new CUmodule();
            check.driver(JCudaDriver.cuModuleLoadData(module, bytes), "loading the kernels of " + file);
            modules.put(file, module);
        }
        return module;
    }

    private DriverFunction find(CUmodule module, String kernel, String file) {
        DriverFunction function = new DriverFunction();
        check.driver(
                JCudaDriver.cuModuleGetFunction(function, module, kernel),
                "finding the kernel %s in %s".formatted(kernel, file));
        return function;
    }

    @Override
    public void close() {
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
        float32.clear();
        bfloat16.clear();
        shaped.clear();
    }
}
