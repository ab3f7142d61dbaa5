package lstmgpu.backend.cuda.libraries;

import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;

/**
 * JCuda's own native libraries, each to be initialised before the first other call to its class; its errors are
 * statuses from then on.
 */
public final class JCudaLibraries {
    private JCudaLibraries() {}

    /** @throws LstmGpuException with exit code 1 if it cannot be loaded */
    public static void driver() {
        NativeLibraries.initialise(resource("JCudaDriver"), () -> JCudaDriver.setExceptionsEnabled(false));
    }

    /** @throws LstmGpuException with exit code 1 if it cannot be loaded */
    public static void cublas() {
        NativeLibraries.initialise(resource("JCublas2"), () -> JCublas2.setExceptionsEnabled(false));
    }

    /** @throws LstmGpuException with exit code 1 if it cannot be loaded */
    public static void cudnn() {
        NativeLibraries.initialise(resource("JCudnn"), () -> JCudnn.setExceptionsEnabled(false));
    }

    private static String resource(String name) {
        return "/lib/"
                + LibUtils.createLibraryFileName(
                        LibUtils.createPlatformLibraryName("%s-%s".formatted(name, JCudaVersion.get())));
    }
}
