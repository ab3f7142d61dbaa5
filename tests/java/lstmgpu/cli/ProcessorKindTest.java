package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ChildProcess;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kind of processor whose kernels OpenBLAS takes decides the last bits of a run, so it is said which one that was.
 */
class ProcessorKindTest {
    /** Of any two kinds at least one is not what OpenBLAS would choose here. */
    @ParameterizedTest
    @ValueSource(strings = {"Nehalem", "Sandybridge"})
    void doctorAndTheRecordOfARunNameIt(String kind, @TempDir Path folder) throws IOException {
        assumeTrue(List.of("amd64", "x86_64").contains(System.getProperty("os.arch")), "these are kinds of x86-64");
        String said = ", OpenBLAS for " + kind + ", float32";
        String doctor = run(kind, folder, "doctor");
        assertTrue(doctor.lines().anyMatch(line -> line.startsWith("CPU ") && line.contains(said)), doctor);

        Path model = folder.resolve("model");
        String text = TinyModel.text(folder).toString();
        run(
                kind,
                folder,
                "train",
                text,
                "-o",
                model.toString(),
                "--preset",
                "tiny",
                "--max-steps",
                "1",
                "--device",
                "cpu",
                "--progress",
                "none");
        String detail = JsonFiles.read(model.resolve("run.json"))
                .get("device")
                .get("detail")
                .asText();
        assertTrue(detail.contains(said), detail);
    }

    private static String run(String kind, Path folder, String... arguments) {
        Map<String, String> environment = Map.of(
                "OPENBLAS_CORETYPE",
                kind,
                "LSTM_GPU_CACHE",
                folder.resolve("cache").toString());
        ChildProcess child = ChildProcess.of(environment, Main.class.getName(), arguments);
        assertEquals(0, child.code(), child.err());
        return child.out();
    }
}
