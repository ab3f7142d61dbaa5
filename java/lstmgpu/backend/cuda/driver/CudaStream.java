package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUstream;

/** A stream that tells its handle, for libraries that JCuda does not know. */
final class CudaStream extends CUstream {
    long address() {
        return getNativePointer();
    }
}
