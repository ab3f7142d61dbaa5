package lstmgpu.backend;

import java.util.List;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;

/** The backends that the contract is tested on. */
enum TestBackends {
    REFERENCE,
    CPU_ONE_THREAD,
    CPU_TWO_THREADS,

    /** On the stand-in for CUDA's libraries. */
    CUDA_FUSED,
    CUDA_CUDNN;

    /** A fresh backend, to be closed by the caller. */
    Backend open() {
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
            case CPU_ONE_THREAD -> new CpuBackend(1);
            case CPU_TWO_THREADS -> new CpuBackend(2);
            case CUDA_FUSED -> CudaTestBackend.FUSED.open();
            case CUDA_CUDNN -> CudaTestBackend.CUDNN.open();
        };
    }

    /** Those that can run on this machine. */
    static List<TestBackends> present() {
        return List.of(values());
    }
}
