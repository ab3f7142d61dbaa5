package lstmgpu.backend.cuda;

import lstmgpu.backend.kernels.Gemm;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.Product;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Products where cuBLAS is missing. */
final class PortableProducts implements DeviceProducts {
    private static final Logger LOG = LoggerFactory.getLogger(PortableProducts.class);

    private final KernelDevice device;

    /** @param reason why cuBLAS does not compute them, and what would mend that */
    PortableProducts(KernelDevice device, String reason) {
        this.device = device;
        LOG.warn("kernels of this program compute the matrix products, which is slower than cuBLAS: {}", reason);
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
