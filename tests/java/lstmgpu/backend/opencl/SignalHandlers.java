package lstmgpu.backend.opencl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Prints the library whose function handles faults, before and after a driver has compiled a program. */
final class SignalHandlers {
    private static final int SIGSEGV = 11;
    private static final int STRUCT_BYTES = 256;

    private SignalHandlers() {}

    public static void main(String[] arguments) throws Throwable {
        System.out.println(library());
        try (Backend backend = OpenClTestBackend.open()) {
            DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, 64);
            backend.optimisation().sumOfSquares(buffer, buffer.slice(0, 1));
            backend.synchronize();
            buffer.close();
        }
        System.out.println(library());
    }

    /** As the kernel knows it: {@code sigaction} by its other name, which nothing that is preloaded replaces. */
    private static String library() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle sigaction = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("__sigaction"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment current = arena.allocate(STRUCT_BYTES);
            int code = (int) sigaction.invokeExact(SIGSEGV, MemorySegment.NULL, current);
            return code == 0 ? libraryOf(current.get(ValueLayout.JAVA_LONG, 0)) : "sigaction failed";
        }
    }

    private static String libraryOf(long address) throws IOException {
        List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
        for (String line : maps) {
            String[] ends = line.substring(0, line.indexOf(' ')).split("-", 2);
            if (Long.parseUnsignedLong(ends[0], 16) <= address && address < Long.parseUnsignedLong(ends[1], 16)) {
                return Path.of(line.substring(line.indexOf('/'))).getFileName().toString();
            }
        }
        return "no library";
    }
}
