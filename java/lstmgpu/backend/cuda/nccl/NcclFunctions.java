package lstmgpu.backend.cuda.nccl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** NCCL's functions, as nccl.h declares them; each returns a status. */
final class NcclFunctions {
    static final int SUCCESS = 0;
    static final int INVALID_USAGE = 5;
    static final int FLOAT32 = 7;
    static final int BFLOAT16 = 9;
    static final int SUM = 0;
    static final int ID_BYTES = 128;

    private static final StructLayout ID = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(ID_BYTES, JAVA_BYTE));
    private static final long NAME_BYTES = 256;

    private final SymbolLookup symbols;
    final MethodHandle uniqueId;
    final MethodHandle initRank;
    final MethodHandle asyncError;
    final MethodHandle abort;
    final MethodHandle destroy;
    final MethodHandle groupStart;
    final MethodHandle groupEnd;
    final MethodHandle allReduce;
    final MethodHandle allGather;
    final MethodHandle send;
    final MethodHandle receive;
    private final MethodHandle errorString;

    /** A call of one of the functions. */
    interface Call {
        int invoke() throws Throwable;
    }

    /** @param file of a library that is loaded */
    NcclFunctions(Path file) {
        this.symbols = SymbolLookup.libraryLookup(file, Arena.global());
        this.uniqueId = function("ncclGetUniqueId", ADDRESS);
        this.initRank = function("ncclCommInitRank", ADDRESS, JAVA_INT, ID, JAVA_INT);
        this.asyncError = function("ncclCommGetAsyncError", ADDRESS, ADDRESS);
        this.abort = function("ncclCommAbort", ADDRESS);
        this.destroy = function("ncclCommDestroy", ADDRESS);
        this.groupStart = function("ncclGroupStart");
        this.groupEnd = function("ncclGroupEnd");
        this.allReduce =
                function("ncclAllReduce", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
        this.allGather = function("ncclAllGather", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        this.send = function("ncclSend", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
        this.receive = function("ncclRecv", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
        this.errorString = handle("ncclGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private MethodHandle function(String name, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private MethodHandle handle(String name, FunctionDescriptor form) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), form);
    }

    static int status(Call call) {
        try {
            return call.invoke();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    String text(int status) {
        MemorySegment[] text = new MemorySegment[1];
        status(() -> {
            text[0] = (MemorySegment) errorString.invokeExact(status);
            return SUCCESS;
        });
        return text[0].reinterpret(NAME_BYTES).getString(0);
    }
}
