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
 * Products written for AVX-512, {@code native/NAME.cpp}. Where one is missing (no C++ compiler when the program was
 * built) or the processor has no AVX-512, OpenBLAS does the work, about a fifth slower.
 */
final class NativeProduct {
    private static final Logger LOG = LoggerFactory.getLogger(NativeProduct.class);

    private NativeProduct() {}

    /** The function NAME of the library NAME, or null where it cannot run. */
    static MethodHandle find(String name, FunctionDescriptor form) {
        try {
            String resource = "/native/" + System.mapLibraryName(name);
            if (!NativeLibraries.isPacked(resource)) {
                LOG.info("this build has no native/{}; OpenBLAS does its products", name);
                return null;
            }
            SymbolLookup symbols = SymbolLookup.libraryLookup(NativeLibraries.load(resource), Arena.global());
            Linker linker = Linker.nativeLinker();
            MethodHandle runsHere =
                    linker.downcallHandle(symbols.findOrThrow(name + "_runs_here"), FunctionDescriptor.of(JAVA_INT));
            if ((int) runsHere.invokeExact() == 0) {
                LOG.info("this processor has no AVX-512; OpenBLAS does the products of native/{}", name);
                return null;
            }
            return linker.downcallHandle(symbols.findOrThrow(name), form);
        } catch (LstmGpuException | IllegalArgumentException e) {
            LOG.info("native/{} cannot be used ({}); OpenBLAS does its products", name, e.toString());
            return null;
        } catch (Throwable e) {
            throw new IllegalStateException("native/" + name + " does not start", e);
        }
    }
}
