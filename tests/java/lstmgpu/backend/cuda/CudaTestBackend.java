package lstmgpu.backend.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnSpec;

/** The CUDA backend on the stand-in, with either plan for the recurrent stack. */
public enum CudaTestBackend {
    FUSED(RnnImplementation.FUSED),
    CUDNN(RnnImplementation.CUDNN);

    private final RnnImplementation implementation;

    CudaTestBackend(RnnImplementation implementation) {
        this.implementation = implementation;
    }

    RnnImplementation implementation() {
        return implementation;
    }

    /** A fresh backend, to be closed by the caller; plans that are left to it are this one's, but cuDNN takes no tables. */
    public Backend open() {
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        KernelImages images =
                new KernelImages(libraries, Cudasim.folder().resolve("kernels"));
        Backend backend = CudaBackend.open(0, libraries, images);
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("newRnnPlan")) {
                        arguments[0] = mine((RnnSpec) arguments[0]);
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private RnnSpec mine(RnnSpec spec) {
        boolean table = implementation == RnnImplementation.CUDNN && spec.tableSize() > 0;
        return spec.implementation() != RnnImplementation.AUTO || table
                ? spec
                : new RnnSpec(
                        spec.shape(),
                        spec.steps(),
                        spec.batch(),
                        spec.dropout(),
                        spec.seed(),
                        spec.precision(),
                        spec.training(),
                        spec.tableSize(),
                        implementation);
    }
}
