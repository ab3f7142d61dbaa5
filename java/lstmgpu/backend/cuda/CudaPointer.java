package lstmgpu.backend.cuda;

import jcuda.driver.CUdeviceptr;

/** A device pointer that tells its address, for kernel arguments. */
final class CudaPointer extends CUdeviceptr {
    /** A pointer that the driver will set. */
    CudaPointer() {}

    CudaPointer(CudaPointer base, long byteOffset) {
        super(base, byteOffset);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }
}
