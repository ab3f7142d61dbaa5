package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * The C library's memory: zeroed without being touched, and outside the JVM's limit for direct memory. Large pieces
 * have huge pages where Linux gives some to who asks, which makes a step of a large model about 5 % faster: its passes
 * read stretches of a few KB far apart, each of which would look up a page of its own.
 */
final class Heap {
    private static final long LARGE = 4 << 20;
    private static final long PAGE = 4096;
    private static final int HUGE_PAGES = 14; // MADV_HUGEPAGE
    private static final MethodHandle CALLOC =
            function("calloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = function("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    /** Null elsewhere than on Linux. */
    private static final MethodHandle ADVISE = System.getProperty("os.name").equals("Linux")
            ? function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT))
            : null;

    private Heap() {}

    private static MethodHandle function(String name, FunctionDescriptor form) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), form);
    }

    /** The address of so many zeros, 0 if there is no room for them. */
    static long take(long bytes) {
        try {
            long address = (long) CALLOC.invokeExact(1L, bytes);
            if (ADVISE != null && address != 0 && bytes >= LARGE) {
                long first = (address + PAGE - 1) / PAGE * PAGE;
                int _ = (int) ADVISE.invokeExact(first, address + bytes - first, HUGE_PAGES); // refused: small pages do
            }
            return address;
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
