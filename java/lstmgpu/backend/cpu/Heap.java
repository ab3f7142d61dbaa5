package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The C library's memory: zeroed without being touched, and outside the JVM's limit for direct memory. */
final class Heap {
    private static final MethodHandle CALLOC =
            function("calloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = function("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    private Heap() {}

    private static MethodHandle function(String name, FunctionDescriptor form) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), form);
    }

    /** The address of so many zeros, 0 if there is no room for them. */
    static long take(long bytes) {
        try {
            return (long) CALLOC.invokeExact(1L, bytes);
        } catch (Throwable failure) {
            throw new IllegalStateException("calloc failed", failure);
        }
    }

    static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable failure) {
            throw new IllegalStateException("free failed", failure);
        }
    }
}
