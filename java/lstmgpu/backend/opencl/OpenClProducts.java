package lstmgpu.backend.opencl;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.Gemm;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelArguments;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.jocl.cl_kernel;

/** Matrix products by {@code kernels/gemm.cu}, in the shape that was the fastest here. */
final class OpenClProducts {
    /** Products with fewer rows or columns are a step's; the others are those over all steps. */
    private static final int NARROW = 128;

    private final OpenClCall call;
    private final OpenClPrograms programs;
    private final GemmTuning tuning;
    private final Map<ElementType, Map<GemmShape, cl_kernel>> kernels = new EnumMap<>(ElementType.class);

    OpenClProducts(OpenClDevice device, OpenClContext context, OpenClCall call, OpenClPrograms programs, Path cache) {
        this.call = call;
        this.programs = programs;
        this.tuning = new GemmTuning(device, this, context.unit(), cache);
    }

    void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        boolean narrow = Math.min(product.rows(), product.columns()) < NARROW;
        multiply(narrow ? tuning.narrow() : tuning.wide(), product, a, b, add, c);
    }

    void multiply(GemmShape shape, Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        cl_kernel kernel = kernel(shape, KernelArguments.storage(product.precision()));
        Gemm.launch(call.of(Kernel.GEMM, kernel), shape.tile(), product, a, b, add, c);
    }

    private cl_kernel kernel(GemmShape shape, ElementType storage) {
        Map<GemmShape, cl_kernel> made = kernels.get(storage);
        if (made == null) {
            made = new HashMap<>();
            kernels.put(storage, made);
        }
        cl_kernel kernel = made.get(shape);
        if (kernel == null) {
            kernel = programs.kernel(Kernel.GEMM, storage, shape.definitions());
            made.put(shape, kernel);
        }
        return kernel;
    }
}
