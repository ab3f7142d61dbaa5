package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** File operations that fail on request: tests/faults/failing_calls.cpp, preloaded. */
final class FailingCalls {
    /** What the n-th operation does. */
    enum Mode {
        /** It fails by itself. */
        ONCE(0),
        /** It fails, and so does every later one that needs room. */
        FULL(1),
        /** As FULL, and the first half of what it writes still finds room. */
        SHORT(2);

        /** In failing_calls.cpp. */
        private final int number;

        Mode(int number) {
            this.number = number;
        }
    }

    private FailingCalls() {}

    /** Compiles the library. */
    static Path build(Path folder) throws IOException, InterruptedException {
        Path library = folder.resolve("libfailing_calls.so");
        Process compiler = new ProcessBuilder(
                        "g++",
                        "-std=c++17",
                        "-O1",
                        "-shared",
                        "-fPIC",
                        "-o",
                        library.toString(),
                        "tests/faults/failing_calls.cpp",
                        "-ldl")
                .inheritIO()
                .start();
        assertEquals(0, compiler.waitFor(), "g++ compiles tests/faults/failing_calls.cpp");
        return Files.exists(library) ? library.toAbsolutePath() : null;
    }

    /** From now on the nth operation under the folder fails; 0 means that none does. */
    static void arm(Path folder, long nth, Mode mode) {
        try (Arena arena = Arena.ofConfined()) {
            Linker.nativeLinker()
                    .downcallHandle(
                            symbol("fault_arm"),
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                    .invoke(arena.allocateFrom(folder.toString()), nth, mode.number);
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    /** Whether the folder's file system has hard links from now on. */
    static void links(boolean present) {
        try {
            Linker.nativeLinker()
                    .downcallHandle(symbol("fault_links"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
                    .invoke(present ? 1 : 0);
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    /** Operations since {@link #arm}. */
    static long calls() {
        return ask("fault_calls");
    }

    /** Names given since {@link #arm} that a loss of power could leave without their file's bytes, or undo. */
    static long unforced() {
        return ask("fault_unforced");
    }

    private static long ask(String function) {
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(symbol(function), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invoke();
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private static MemorySegment symbol(String name) {
        Path library = Path.of(System.getenv("LD_PRELOAD"));
        return SymbolLookup.libraryLookup(library, Arena.global())
                .find(name)
                .orElseThrow(() -> new AssertionError(library + " has no " + name));
    }
}
