package lstmgpu.backend.cuda.driver;

import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;

/** Who computes the matrix products. */
interface DeviceProducts extends AutoCloseable {
    /** See {@link lstmgpu.backend.kernels.KernelDevice#multiply}. */
    void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c);

    /** Name and version, for a person. */
    String description();

    @Override
    void close();
}
