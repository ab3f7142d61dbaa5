package lstmgpu.backend;

import java.util.List;
import java.util.function.Supplier;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;

/** The backends that the contract is tested on. */
enum TestBackends {
    REFERENCE(ReferenceBackend::new),
    CPU_ONE_THREAD(() -> new CpuBackend(1)),
    CPU_TWO_THREADS(() -> new CpuBackend(2));

    private final Supplier<Backend> supplier;

    TestBackends(Supplier<Backend> supplier) {
        this.supplier = supplier;
    }

    /** A fresh backend, to be closed by the caller. */
    Backend open() {
        return supplier.get();
    }

    /** Those that can run on this machine. */
    static List<TestBackends> present() {
        return List.of(values());
    }
}
