package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/** A library in this process. It stays until the end; whatever asks for its soname from now on gets this one. */
public final class LoadedLibrary {
    private static final long NAME_BYTES = 4096;
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private final SymbolLookup symbols;

    private LoadedLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** @throws UnsatisfiedLinkError with the loader's reason */
    public static LoadedLibrary load(Path file) {
        Path absolute = file.toAbsolutePath();
        // Of a file that is something else the JVM would print a warning about its stack.
        if (!isElf(absolute)) {
            throw new UnsatisfiedLinkError(absolute + " is not a shared library");
        }
        System.load(absolute.toString());
        return new LoadedLibrary(SymbolLookup.libraryLookup(absolute, Arena.global()));
    }

    private static boolean isElf(Path file) {
        try (InputStream start = Files.newInputStream(file)) {
            return Arrays.equals(start.readNBytes(ELF.length), ELF);
        } catch (IOException unreadable) {
            throw (Error) new UnsatisfiedLinkError(file + " cannot be read").initCause(unreadable);
        }
    }

    /** {@code size_t name(void)}; 0 where there is no such function. */
    long number(String name) {
        return function(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                .map(function -> (long) call(function))
                .orElse(0L);
    }

    /** {@code int name(int *, ...)} with that many pointers; what it stored, zeros where it failed or is not there. */
    int[] stored(String name, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment[] targets = new MemorySegment[count];
            ValueLayout[] layouts = new ValueLayout[count];
            for (int i = 0; i < count; i++) {
                targets[i] = arena.allocate(ValueLayout.JAVA_INT);
                layouts[i] = ValueLayout.ADDRESS;
            }
            Optional<MethodHandle> function = function(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
            int[] values = new int[count];
            if (function.isPresent() && (int) call(function.get(), (Object[]) targets) == 0) {
                for (int i = 0; i < count; i++) {
                    values[i] = targets[i].get(ValueLayout.JAVA_INT, 0);
                }
            }
            return values;
        }
    }

    /** {@code int name(int which, int *)}; what it stored, 0 where it failed or is not there. */
    int property(String name, int which) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(ValueLayout.JAVA_INT);
            FunctionDescriptor form =
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
            boolean done = function(name, form)
                    .map(function -> (int) call(function, which, target) == 0)
                    .orElse(false);
            return done ? target.get(ValueLayout.JAVA_INT, 0) : 0;
        }
    }

    /** {@code const char *name(const char *)}; empty for a null pointer. */
    String answer(String name, String argument) {
        MethodHandle function = function(name, FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                .orElseThrow(() -> new UnsatisfiedLinkError("it has no function " + name));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = (MemorySegment) call(function, arena.allocateFrom(argument));
            return text.address() == 0 ? "" : text.reinterpret(NAME_BYTES).getString(0);
        }
    }

    /** {@code int name(...)} with pointers; empty where there is no such function. */
    public OptionalInt status(String name, MemorySegment... pointers) {
        ValueLayout[] layouts = new ValueLayout[pointers.length];
        Arrays.fill(layouts, ValueLayout.ADDRESS);
        return function(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts))
                .map(function -> OptionalInt.of((int) call(function, (Object[]) pointers)))
                .orElse(OptionalInt.empty());
    }

    private Optional<MethodHandle> function(String name, FunctionDescriptor form) {
        return symbols.find(name).map(address -> Linker.nativeLinker().downcallHandle(address, form));
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
