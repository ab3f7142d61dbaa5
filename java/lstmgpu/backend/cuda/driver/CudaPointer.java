package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUdeviceptr;

/** A device pointer that tells its address, for kernel arguments. */
public final class CudaPointer extends CUdeviceptr {
    /** A pointer that the driver will set. */
    public CudaPointer() {}

    public CudaPointer(CudaPointer base, long byteOffset) {
        super(base, byteOffset);
    }

    public long address() {
        return getNativePointer() + getByteOffset();
    }
}
