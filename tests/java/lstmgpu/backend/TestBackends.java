package lstmgpu.backend;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import lstmgpu.backend.ConformanceCase.Way;
import lstmgpu.backend.cpu.Bfloat16Unit;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.devices.Backends;

/**
 * The backends that the contract is tested on. {@code -Dlstmgpu.test.device=cuda} or {@code opencl} tests this one
 * only; CUDA is then the machine's own instead of the stand-in's. {@code -Dlstmgpu.test.rnn=fused}, {@code cudnn} or
 * {@code sequence} tests this plan of it only, and with the fused one the operations.
 */
enum TestBackends {
    REFERENCE,
    CPU_ONE_THREAD,
    CPU_TWO_THREADS,
    CUDA,
    OPENCL;

    private static final String ONLY = System.getProperty("lstmgpu.test.device");
    private static final String PLAN = System.getProperty("lstmgpu.test.rnn", "");
    private static final Way FUSED = new Way(RnnImplementation.FUSED, Precision.FP32);
    private static final Way BFLOAT16 = new Way(RnnImplementation.AUTO, Precision.BF16);
    private static final List<Way> WAYS = List.of(
            FUSED,
            new Way(RnnImplementation.FUSED, Precision.TF32),
            new Way(RnnImplementation.FUSED, Precision.BF16),
            new Way(RnnImplementation.CUDNN, Precision.FP32),
            new Way(RnnImplementation.CUDNN, Precision.TF32),
            new Way(RnnImplementation.CUDNN, Precision.BF16),
            new Way(RnnImplementation.SEQUENCE, Precision.BF16));

    /** A fresh backend, to be closed by the caller. */
    Backend open() {
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
            case CPU_ONE_THREAD -> new CpuBackend(1, slowestUnit());
            case CPU_TWO_THREADS -> new CpuBackend(2);
            case CUDA ->
                ONLY != null
                        ? Backends.open("cuda", 0, 0, TestBackends::refuse)
                        : CudaTestBackend.open(TestBackends::refuse);
            case OPENCL -> OpenClTestBackend.open();
        };
    }

    BackendLender lender() {
        return new BackendLender(this::open);
    }

    /** A case in all the ways that this backend has; what is the same in several of them comes once. */
    Stream<ConformanceCase> ways(ConformanceCase test) {
        if (this == CPU_ONE_THREAD || this == CPU_TWO_THREADS) {
            return Stream.concat(Stream.of(test), hasBfloat16() ? test.in(BFLOAT16).stream() : Stream.empty());
        }
        if (this != CUDA) {
            return Stream.of(test);
        }
        Stream<ConformanceCase> others =
                WAYS.stream().filter(TestBackends::isMeant).map(test::in).flatMap(Optional::stream);
        if (test instanceof RnnCase || test instanceof BoundedRnnCase) {
            return others;
        }
        return isMeant(FUSED)
                ? Stream.concat(
                        Stream.of(test), others.filter(other -> other.way().rnn() == RnnImplementation.FUSED))
                : Stream.empty();
    }

    private static boolean hasBfloat16() {
        return Bfloat16Unit.fastest() != null;
    }

    /** Where there are two units for bfloat16, the other one than two threads have. */
    private static Bfloat16Unit slowestUnit() {
        return hasBfloat16() ? Bfloat16Unit.present().getFirst() : null;
    }

    private static boolean isMeant(Way way) {
        return PLAN.isEmpty() || PLAN.equals(way.rnn().name().toLowerCase(Locale.ROOT));
    }

    /** Those that can run on this machine. */
    static List<TestBackends> present() {
        return ONLY == null ? List.of(values()) : List.of(valueOf(ONLY.toUpperCase(Locale.ROOT)));
    }

    /** A case that another plan computed would prove nothing. Products without cuBLAS are as much this backend's. */
    private static void refuse(String notice) {
        if (notice.contains("recurrent stack")) {
            throw new AssertionError(notice);
        }
    }
}
