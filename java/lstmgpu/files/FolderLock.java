package lstmgpu.files;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * A lock on a folder itself, which cannot be deleted beside the folder as a file in it can. Java locks files only, so
 * this asks the system ({@code flock}), which lets go when the process ends, however it ends.
 */
public final class FolderLock implements AutoCloseable {
    private static final int READ_ONLY = 0;
    private static final int EXCLUSIVE_AT_ONCE = 2 | 4;
    private static final int WOULD_WAIT_LINUX = 11;
    private static final int WOULD_WAIT_MACOS = 35;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final int descriptor;

    private FolderLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * What came of asking for it.
     *
     * @param lock null where another process holds it, and where the file system has no such locks
     */
    public record Attempt(FolderLock lock, boolean heldByAnother) {}

    /** Returns at once. */
    public static Attempt attempt(Path folder) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle open = function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            MethodHandle flock = function(
                    "flock",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                    Linker.Option.captureCallState("errno"));
            int descriptor = (int)
                    open.invokeExact(arena.allocateFrom(folder.toAbsolutePath().toString()), READ_ONLY);
            if (descriptor < 0) {
                return new Attempt(null, false);
            }
            MemorySegment state = arena.allocate(STATE);
            if ((int) flock.invokeExact(state, descriptor, EXCLUSIVE_AT_ONCE) == 0) {
                return new Attempt(new FolderLock(descriptor), false);
            }
            int error = (int) ERROR.get(state, 0L);
            close(descriptor);
            return new Attempt(null, error == WOULD_WAIT_LINUX || error == WOULD_WAIT_MACOS);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor form, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), form, options);
    }

    private static void close(int descriptor) throws Throwable {
        int _ = (int)
                function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(descriptor);
    }

    /** Lets go. */
    @Override
    public void close() {
        try {
            close(descriptor);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
