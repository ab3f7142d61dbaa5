package lstmgpu.backend.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import lstmgpu.ChildProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/cublas_bridge.cpp} under JCublas, on a cuBLAS 13 that only looks at what it gets. */
class CublasBridgeTest {
    private static final String DRIVER = """
        extern "C" int cuDriverGetVersion(int *version) { *version = 13000; return 0; }
        """;

    /** Says which arguments arrived, the nineteenth included, which lies on the stack. */
    private static final String CUBLAS = """
        extern "C" {
        int cublasGetProperty(int which, int *value) { *value = which == 0 ? 13 : which == 1 ? 2 : 7; return 0; }
        int cublasCreate_v2(void **handle) { *handle = (void *)0x1234; return 0; }
        int cublasGetVersion_v2(void *handle, int *version) { *version = handle == (void *)0x1234 ? 130207 : -1; return 0; }
        int cublasGemmEx(void *, int, int, int m, int n, int k, const void *alpha, const void *, int, int lda, const void *, int, int ldb,
                         const void *beta, void *, int, int ldc, int compute, int algorithm) {
            return m == 3 && n == 5 && k == 7 && lda == 11 && ldb == 13 && ldc == 17 && compute == 68 && algorithm == -1
                && *(const float *)alpha == 1.5f && *(const float *)beta == 0.25f ? 0 : 7;
        }
        }
        """;

    @TempDir
    Path folder;

    /** What runs in the other process. */
    public static final class Probe {
        public static void main(String[] arguments) {
            CudaLibraries libraries = CudaLibraries.in(Path.of(arguments[0]));
            System.out.println(libraries.cublas());
            JCudaLibraries.cublas();
            cublasHandle handle = new cublasHandle();
            System.out.println("create " + JCublas2.cublasCreate(handle));
            int[] version = new int[1];
            System.out.println("version " + JCublas2.cublasGetVersion(handle, version) + " " + version[0]);
            System.out.println("product " + product(handle, 17));
            System.out.println("another " + product(handle, 18));
            System.out.println("absent " + JCublas2.cublasSetPointerMode(handle, 0));
        }

        private static int product(cublasHandle handle, int ldc) {
            Pointer one = Pointer.to(new float[] {1.5f});
            Pointer quarter = Pointer.to(new float[] {0.25f});
            Pointer none = new Pointer();
            return JCublas2.cublasGemmEx_new(
                    handle, 0, 1, 3, 5, 7, one, none, 0, 11, none, 0, 13, quarter, none, 0, ldc, 68, -1);
        }
    }

    @BeforeEach
    void buildTheLibraries() {
        FakeLibrary.build(folder.resolve("libcuda.so.1"), DRIVER, "-Wl,-soname,libcuda.so.1");
        FakeLibrary.build(folder.resolve("libcublas.so.13"), CUBLAS, "-Wl,-soname,libcublas.so.13");
    }

    private ChildProcess probe() {
        return ChildProcess.of(
                Map.of("LSTM_GPU_CACHE", folder.resolve("cache").toString()), Probe.class.getName(), folder.toString());
    }

    @Test
    void jcublasReachesCublas13() {
        ChildProcess child = probe();
        assertEquals(0, child.code(), child.err());
        assertTrue(CublasBridge.isBuilt(), "native/build.sh made no bridge: are cmake and g++ installed?");
        assertTrue(child.out().contains("through the bridge, version=13.2.7"), child.out());
        assertTrue(child.out().contains("create 0\n"), child.out());
        assertTrue(child.out().contains("version 0 130207\n"), child.out());
        assertTrue(child.out().contains("product 0\n"), child.out());
        assertTrue(child.out().contains("another 7\n"), "the status comes back: " + child.out());
        assertTrue(child.out().contains("absent 15\n"), "what cuBLAS 13 lacks is an error, no crash: " + child.out());
        assertEquals("", child.err());
    }

    @Test
    void aDriverOfCuda12LeavesCublas13Alone() {
        FakeLibrary.build(folder.resolve("libcuda.so.1"), DRIVER.replace("13000", "12040"), "-Wl,-soname,libcuda.so.1");
        ChildProcess child = probe();
        assertTrue(child.out().contains("wanted=libcublas.so.12, path=null"), child.out());
        assertTrue(child.out().contains("was not found"), child.out());
    }
}
