package lstmgpu.backend.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;
import org.jocl.CL;
import org.jocl.LibUtils;

/**
 * The loader that finds the OpenCL drivers of a machine. It is asked for first, so that without it no class of JOCL is
 * loaded.
 */
final class OpenClLibrary {
    /** What JOCL calls its library. */
    private static final String JOCL = "JOCL_2_0_6";

    /** RTLD_LAZY of dlopen. */
    private static final int BIND_WHEN_CALLED = 1;

    private OpenClLibrary() {}

    /** The loader's name on this system. */
    static String name() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return "/System/Library/Frameworks/OpenCL.framework/OpenCL";
        }
        return system.startsWith("windows") ? "OpenCL.dll" : "libOpenCL.so.1";
    }

    /**
     * @throws LstmGpuException with exit code 4 and what would mend it if there is no OpenCL, 1 if JOCL cannot be
     *     loaded
     */
    static void load(String loader) {
        if (!isThere(loader)) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "OpenCL's loader (%s) was not found: install ocl-icd-libopencl1 and the OpenCL driver of your GPU's maker"
                                    .formatted(loader)
                            + ", or use --device cpu");
        }
        if (!NativeLibraries.haveClasses(List.of("org.jocl.CL"))) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "there is an OpenCL, but the package JOCL (org.jocl:jocl) is not on the class path; add it, or use"
                            + " --device cpu");
        }
        NativeLibraries.initialise(
                "/lib/" + LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(JOCL)),
                () -> CL.setExceptionsEnabled(false));
    }

    /** Asks the C library itself: the JVM would first look at a file of that name in the current folder. */
    private static boolean isThere(String loader) {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dlopen"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = (MemorySegment) open.invokeExact(arena.allocateFrom(loader), BIND_WHEN_CALLED);
            return handle.address() != 0;
        } catch (Throwable failure) {
            throw new IllegalStateException("dlopen failed", failure);
        }
    }
}
