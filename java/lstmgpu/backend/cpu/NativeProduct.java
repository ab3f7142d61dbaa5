package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products written for a processor's vectors, {@code native/NAME.cpp}. Where one of float32 is missing (no C++ compiler
 * when the program was built) or the processor has no AVX-512, OpenBLAS does the work, about a fifth slower.
 */
final class NativeProduct {
    private static final Logger LOG = LoggerFactory.getLogger(NativeProduct.class);

    private NativeProduct() {}

    /** The function NAME of the library NAME, or null where it cannot run. */
    static MethodHandle find(String name, FunctionDescriptor form) {
        return find(name, name, form);
    }

    /** Another function of the library NAME. */
    static MethodHandle find(String name, String function, FunctionDescriptor form) {
        SymbolLookup symbols = library(name);
        if (symbols == null) {
            LOG.info("Java or OpenBLAS does the work of native/{}", name);
            return null;
        }
        if (runsHere(symbols, name) == 0) {
            LOG.info("this processor has no AVX-512; Java or OpenBLAS does the work of native/{}", name);
            return null;
        }
        return function(symbols, function, form);
    }

    /** What the library NAME has, or null where this build has none that can be loaded. */
    static SymbolLookup library(String name) {
        try {
            String resource = "/native/" + System.mapLibraryName(name);
            if (!NativeLibraries.isPacked(resource)) {
                LOG.info("this build has no native/{}", name);
                return null;
            }
            return SymbolLookup.libraryLookup(NativeLibraries.load(resource), Arena.global());
        } catch (LstmGpuException | IllegalArgumentException e) {
            LOG.info("native/{} cannot be used ({})", name, e.toString());
            return null;
        }
    }

    /** A function of a library, or null where there is no library. */
    static MethodHandle function(SymbolLookup symbols, String name, FunctionDescriptor form) {
        return symbols == null ? null : Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), form);
    }

    /** What NAME_runs_here() says of this processor, 0 if it has not what it takes. */
    static int runsHere(SymbolLookup symbols, String name) {
        try {
            return (int) function(symbols, name + "_runs_here", FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("native/" + name + " does not start", e);
        }
    }
}
