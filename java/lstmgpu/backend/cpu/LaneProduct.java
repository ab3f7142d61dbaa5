package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The products of the recurrent loop, {@code native/lane_product.cpp}. Where it is missing (no C++ compiler when the program was built) or
 * the processor has no AVX-512, OpenBLAS does them, about a fifth slower.
 */
final class LaneProduct {
    /** Beyond so many columns B no longer stays in the cache as it lies, and a library's packing pays. */
    private static final int MOST_COLUMNS = 256;

    /** Below a vector's half most of it would be idle. */
    private static final int FEWEST_COLUMNS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(LaneProduct.class);
    private static final MethodHandle HANDLE = load();

    private LaneProduct() {}

    private static MethodHandle load() {
        try {
            File library = Loader.cacheResource(LaneProduct.class, "/native/" + System.mapLibraryName("lane_product"));
            if (library == null) {
                LOG.info("this build has no native/lane_product; products go to OpenBLAS");
                return null;
            }
            SymbolLookup symbols = SymbolLookup.libraryLookup(library.toPath(), Arena.global());
            Linker linker = Linker.nativeLinker();
            MethodHandle runsHere = linker.downcallHandle(
                    symbols.findOrThrow("lane_product_runs_here"), FunctionDescriptor.of(JAVA_INT));
            if ((int) runsHere.invokeExact() == 0) {
                LOG.info("this processor has no AVX-512; products go to OpenBLAS");
                return null;
            }
            return linker.downcallHandle(
                    symbols.findOrThrow("lane_product"),
                    FunctionDescriptor.ofVoid(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT,
                            JAVA_LONG, JAVA_LONG));
        } catch (IOException | IllegalArgumentException e) {
            LOG.info("native/lane_product cannot be used ({}); products go to OpenBLAS", e.toString());
            return null;
        } catch (Throwable e) {
            throw new IllegalStateException("native/lane_product does not start", e);
        }
    }

    /** Whether {@link #multiply} is to be used for C with {@code columns} columns. */
    static boolean suits(int columns) {
        return HANDLE != null && columns >= FEWEST_COLUMNS && columns <= MOST_COLUMNS;
    }

    /** C [m,n] = A [m,k]·B [k,n], or C += A·B; addresses of float32 and strides of rows in elements. */
    static void multiply(
            int m,
            int n,
            int k,
            long first,
            int firstStride,
            long second,
            int secondStride,
            boolean add,
            long result,
            int resultStride) {
        try {
            HANDLE.invokeExact(
                    m, n, k, first, (long) firstStride, second, (long) secondStride, add ? 1 : 0, result, (long)
                            resultStride);
        } catch (Throwable e) {
            throw new IllegalStateException("native/lane_product failed", e);
        }
    }
}
