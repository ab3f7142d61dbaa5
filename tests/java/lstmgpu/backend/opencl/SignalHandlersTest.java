package lstmgpu.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ChildProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A JVM faults on purpose all the time, so its handler has to stay the first whatever a driver brings. */
@Execution(ExecutionMode.CONCURRENT)
class SignalHandlersTest {
    @TempDir
    Path folder;

    @BeforeEach
    void require() {
        OpenClTestBackend.requirePresent();
    }

    @Test
    void aDriversCompilerLeavesTheHandlersOfTheJvm() {
        assertEquals("libjvm.so\nlibjvm.so\n", handlers(System.getenv("LD_PRELOAD")));
    }

    /** Programs are compiled, since nothing is in these folders. */
    private String handlers(String preloaded) {
        Map<String, String> environment = Map.of(
                "LD_PRELOAD", preloaded == null ? "" : preloaded,
                "POCL_CACHE_DIR", folder.resolve("pocl").toString(),
                "LSTM_GPU_CACHE", folder.resolve("cache").toString());
        ChildProcess child = ChildProcess.of(environment, SignalHandlers.class.getName());
        assertEquals(0, child.code(), child.err());
        return child.out();
    }
}
