package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUfunction;

/** A kernel's function that tells the driver's handle of it, for calls that JCuda does not have. */
final class DriverFunction extends CUfunction {
    long handle() {
        return getNativePointer();
    }
}
