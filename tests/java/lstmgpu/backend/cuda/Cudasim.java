package lstmgpu.backend.cuda;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Controls of the stand-in for CUDA's libraries: tests/cudasim/controls.cpp says what each does. */
public final class Cudasim {
    /** Of {@link #fail}: the call does nothing and returns success. */
    public static final int DROP = 0;

    /** Of {@link #fail}: the execution of a kernel, as against its launch. */
    public static final String KERNEL = "kernel";

    /** Of {@link #fail}: every function of the driver and the libraries. */
    public static final String ANY = "*";

    private static final Path FOLDER = Path.of(System.getProperty("lstmgpu.cudasim", "target/cudasim"));

    /** In the order in which they need each other. */
    public static final List<String> LIBRARIES =
            List.of("libcuda.so.1", "libcublasLt.so.12", "libcublas.so.12", "libcudnn.so.9");

    private static final Cudasim LOADED = new Cudasim();

    private final SymbolLookup library;

    private Cudasim() {
        requirePresent();
        for (String file : LIBRARIES) {
            System.load(FOLDER.resolve(file).toAbsolutePath().toString());
        }
        library = SymbolLookup.libraryLookup(FOLDER.resolve("libcuda.so.1").toAbsolutePath(), Arena.global());
    }

    /** Where the libraries and the images of the kernels lie. */
    public static Path folder() {
        requirePresent();
        return FOLDER;
    }

    /** For a process that is to work on the stand-in, with more beside. */
    static Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LSTM_GPU_CUDA", folder().toAbsolutePath().toString());
        environment.put(
                "LSTM_GPU_KERNELS", folder().resolve("kernels").toAbsolutePath().toString());
        environment.putAll(more);
        return environment;
    }

    private static void requirePresent() {
        List<String> files = new ArrayList<>(LIBRARIES);
        files.add("kernels");
        for (String file : files) {
            if (!Files.exists(FOLDER.resolve(file))) {
                throw new AssertionError("%s is missing: build it with tests/cudasim/build.sh %s"
                        .formatted(FOLDER.resolve(file), FOLDER));
            }
        }
    }

    /** The image of a file of kernels, or of the stand-in's own. */
    public static byte[] image(String file) {
        try {
            return Files.readAllBytes(folder().resolve(file + ".fatbin"));
        } catch (IOException e) {
            throw new AssertionError("%s has no %s: run tests/cudasim/build.sh again".formatted(FOLDER, file), e);
        }
    }

    /** Loads the libraries, so that JCuda's own find them. */
    public static void load() {
        reset();
    }

    /** The nth call from now of the driver's or a library's function gives the code. */
    public static void fail(String function, int nth, int code) {
        try (Arena arena = Arena.ofConfined()) {
            call("cudasim_fail", arena.allocateFrom(function), nth, code);
        }
    }

    /** Kernels are launched and compute nothing, until {@link #load}. */
    public static void idle() {
        call("cudasim_idle");
    }

    public static void memoryLimit(long bytes) {
        call("cudasim_memory_limit", bytes);
    }

    /** Draws the order of all work that could run from the seed; 0: as late as it may. */
    public static void schedule(long seed) {
        call("cudasim_schedule", seed);
    }

    /** In launches of blocks that wait for each other this one goes on only where no other can; -1: none. */
    public static void lateBlock(long block) {
        call("cudasim_late_block", block);
    }

    /** At most so many clusters run at once. */
    public static void clusters(long most) {
        call("cudasim_clusters", most);
    }

    public static void driverVersion(int version) {
        call("cudasim_driver_version", version);
    }

    /** As cudnnGetVersion numbers it: 90501 for 9.5.1. */
    public static void cudnnVersion(int version) {
        call("cudasim_cudnn_version", version);
    }

    public static void deviceCount(int count) {
        call("cudasim_device_count", count);
    }

    public static void computeCapability(int major, int minor) {
        call("cudasim_compute_capability", major, minor);
    }

    public static long liveAllocations() {
        return ask("cudasim_live_allocations");
    }

    public static long liveObjects() {
        return ask("cudasim_live_objects");
    }

    /** Calls of a function so far. */
    public static long calls(String function) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) Linker.nativeLinker()
                    .downcallHandle(
                            symbol("cudasim_calls"), FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
                    .invoke(arena.allocateFrom(function));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Calls refused so far. */
    public static long reports() {
        return ask("cudasim_reports");
    }

    /** The line that the last refusal printed. */
    public static String lastLine() {
        try {
            MemorySegment line = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(symbol("cudasim_last_line"), FunctionDescriptor.of(ValueLayout.ADDRESS))
                    .invoke();
            return line.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Refusals are expected and not printed, until the reset. */
    public static void quiet() {
        call("cudasim_quiet");
    }

    /** Takes back every failure, limit and setting. */
    public static void reset() {
        call("cudasim_reset");
    }

    private static MemorySegment symbol(String name) {
        return LOADED.library.find(name).orElseThrow(() -> new AssertionError(FOLDER + " is old: build it again"));
    }

    private static long ask(String function) {
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(symbol(function), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invoke();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void call(String function, Object... arguments) {
        ValueLayout[] layouts = new ValueLayout[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            layouts[i] = switch (arguments[i]) {
                case Integer _ -> ValueLayout.JAVA_INT;
                case Long _ -> ValueLayout.JAVA_LONG;
                default -> ValueLayout.ADDRESS;
            };
        }
        try {
            Linker.nativeLinker()
                    .downcallHandle(symbol(function), FunctionDescriptor.ofVoid(layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
