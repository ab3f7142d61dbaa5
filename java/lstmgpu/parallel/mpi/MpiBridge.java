package lstmgpu.parallel.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;
import lstmgpu.parallel.Wire;

/** The functions of {@code native/mpi_bridge.cpp}. */
final class MpiBridge {
    private static final String LIBRARY = "/native/" + System.mapLibraryName("mpi_bridge");
    private static final String PREFIX = "mpi_bridge_";
    private static final int TOO_LONG = 1;
    private static final int VERSION_BYTES = 256;

    private final MethodHandle version;
    private final MethodHandle start;
    private final MethodHandle beginSum;
    private final MethodHandle endSums;
    private final MethodHandle sumDoubles;
    private final MethodHandle gather;
    private final MethodHandle abandon;
    private final MethodHandle abort;
    private final MethodHandle finish;

    private MpiBridge(SymbolLookup symbols) {
        this.version = function(symbols, "version", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
        this.start = function(symbols, "start", result(JAVA_INT, ADDRESS));
        this.beginSum =
                function(symbols, "begin_sum", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_DOUBLE));
        this.endSums = function(symbols, "end_sums", result());
        this.sumDoubles = function(symbols, "sum_doubles", result(ADDRESS, JAVA_INT, ADDRESS, JAVA_DOUBLE));
        this.gather = function(symbols, "gather", result(ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE));
        this.abandon = function(symbols, "abandon", FunctionDescriptor.ofVoid());
        this.abort = function(symbols, "abort", FunctionDescriptor.ofVoid(JAVA_INT));
        this.finish = function(symbols, "finish", result());
    }

    private static FunctionDescriptor result(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    private static MethodHandle function(SymbolLookup symbols, String name, FunctionDescriptor form) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(PREFIX + name), form);
    }

    /** Whether this build has it, which it has where there was an MPI when it was made. */
    static boolean isBuilt() {
        return NativeLibraries.isPacked(LIBRARY);
    }

    /** @throws LstmGpuException with exit code 1 if it or its MPI cannot be loaded */
    static MpiBridge load() {
        leaveSignals();
        return new MpiBridge(SymbolLookup.libraryLookup(NativeLibraries.load(LIBRARY), Arena.global()));
    }

    /**
     * UCX, by which MPICH and Open MPI speak over InfiniBand, takes SIGSEGV for itself as it is loaded, and ends the
     * process by it; Java raises it on purpose all the time. Who has said which signals UCX is to take is obeyed.
     */
    private static void leaveSignals() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(address -> {
            MethodHandle set =
                    linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocateFrom("UCX_ERROR_SIGNALS");
                MemorySegment none = arena.allocateFrom("");
                outcome(() -> (int) set.invokeExact(name, none, 0));
            }
        });
    }

    /** A native call. */
    private interface Call {
        int invoke() throws Throwable;
    }

    private static void require(Call call) {
        int outcome = outcome(call);
        if (outcome != 0) {
            throw new LstmGpuException(
                    ExitCode.FAILED,
                    outcome == TOO_LONG
                            ? "another process of this run does not answer any more; see to its machine, then go on"
                                    + " from the newest checkpoint with --resume"
                            : "MPI has lost another process of this run; go on from the newest checkpoint with"
                                    + " --resume");
        }
    }

    private static int outcome(Call call) {
        try {
            return call.invoke();
        } catch (Throwable failure) {
            throw new IllegalStateException("native/mpi_bridge does not work", failure);
        }
    }

    /** What the MPI calls itself, in a line. */
    String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(VERSION_BYTES);
            outcome(() -> {
                version.invokeExact(text, VERSION_BYTES);
                return 0;
            });
            String told =
                    text.getString(0).strip().lines().findFirst().orElse("").replaceAll("\\s*Version:\\s*", " ");
            return told.indexOf(',') > 0 ? told.substring(0, told.indexOf(',')) : told;
        }
    }

    /**
     * Joins the others.
     *
     * @param available cores that this process may use
     * @return size, rank, rank among those of this host, share of these cores
     */
    int[] start(int available) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(JAVA_INT, 4);
            require(() -> (int) start.invokeExact(available, found));
            return found.toArray(JAVA_INT);
        }
    }

    /**
     * Begins to replace floats by their sums; they stay where they are until {@link #end}.
     *
     * @param limit seconds after which the others are given up; 0 for never
     */
    void begin(MemorySegment floats, Wire wire, double limit) {
        int rounds = wire == Wire.BF16 ? 1 : 0;
        outcome(() -> {
            beginSum.invokeExact(floats, floats.byteSize() / Float.BYTES, rounds, limit);
            return 0;
        });
    }

    /** Waits for the sums that were begun. */
    void end() {
        require(() -> (int) endSums.invokeExact());
    }

    /** Leaves them as they are; from now on nothing waits for the others. */
    void abandon() {
        outcome(() -> {
            abandon.invokeExact();
            return 0;
        });
    }

    /** @param limit as above */
    void sum(double[] values, int size, double limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocateFrom(JAVA_DOUBLE, values);
            MemorySegment all = arena.allocate(JAVA_DOUBLE, (long) size * values.length);
            require(() -> (int) sumDoubles.invokeExact(own, values.length, all, limit));
            MemorySegment.copy(own, JAVA_DOUBLE, 0, values, 0, values.length);
        }
    }

    /**
     * @param lengths how many floats each process brings
     * @param limit as above
     * @return all of them, one behind the other
     */
    float[] gather(float[] own, int[] lengths, int total, double limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocateFrom(JAVA_FLOAT, own);
            MemorySegment counts = arena.allocateFrom(JAVA_INT, lengths);
            MemorySegment all = arena.allocate(JAVA_FLOAT, total);
            require(() -> (int) gather.invokeExact(values, counts, all, limit));
            return all.toArray(JAVA_FLOAT);
        }
    }

    /** Ends all processes, this one too. */
    void abort(int code) {
        outcome(() -> {
            abort.invokeExact(code);
            return 0;
        });
    }

    /** Waits for the others and leaves. */
    void finish() {
        require(() -> (int) finish.invokeExact());
    }
}
