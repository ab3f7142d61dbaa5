package lstmgpu.backend.cuda.driver;

import lstmgpu.backend.kernels.Gemm;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.Product;

/** Products where cuBLAS is missing. */
final class PortableProducts implements DeviceProducts {
    private final KernelDevice device;

    PortableProducts(KernelDevice device) {
        this.device = device;
    }

    @Override
    public void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        Gemm.multiply(device, product, a, b, add, c);
    }

    @Override
    public String description() {
        return "no cuBLAS (slower products)";
    }

    @Override
    public void close() {}
}
