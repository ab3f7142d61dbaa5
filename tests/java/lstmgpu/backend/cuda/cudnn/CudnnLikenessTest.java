package lstmgpu.backend.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.ChildProcess;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.libraries.CudnnFile;
import lstmgpu.backend.cuda.libraries.LibraryFile;
import lstmgpu.backend.cuda.libraries.LibraryPlace;
import lstmgpu.backend.cuda.libraries.LibrarySet;
import org.junit.jupiter.api.Test;

/**
 * The stand-in's cuDNN judges descriptions as a real one does, which needs no GPU for that:
 * {@code mvn test -Dtest=CudnnLikenessTest -Dlstmgpu.cudnn=FOLDER[:FOLDER]}, where the folders have libcudnn.so.9 and
 * the libcublasLt that goes with it.
 */
class CudnnLikenessTest {
    private static List<String> answers(String folders, Map<String, String> environment) {
        ChildProcess child = ChildProcess.of(environment, CudnnQuestions.class.getName(), folders);
        assertEquals(0, child.code(), child.err());
        return child.out().lines().toList();
    }

    @Test
    void theStandInAnswersAsTheRealOneDoes() {
        String folders = System.getProperty("lstmgpu.cudnn", "");
        assumeTrue(!folders.isEmpty(), "no real cuDNN to compare with: give its folder as -Dlstmgpu.cudnn");
        List<String> expected = answers(folders, Map.of());
        String version = expected.getFirst().replace("version ", "");
        List<String> actual = answers(Cudasim.folder().toString(), Map.of("CUDASIM_CUDNN", version));
        assertTrue(expected.size() > 100, expected.size() + " answers");
        assertEquals(String.join("\n", expected), String.join("\n", actual));
        assertEquals(expected.get(1), "CUDA " + cudaOfFile(folders), "what the file tells before it is loaded");
    }

    private static int cudaOfFile(String folders) {
        List<LibraryPlace> places = Arrays.stream(folders.split(":"))
                .map(folder -> LibraryPlace.folder("", Path.of(folder)))
                .toList();
        return CudnnFile.cudaMajor(LibraryFile.first(places, LibrarySet.CUDNN).orElseThrow());
    }

    /** What is known of cuDNN 9.5.1, in case there is none to ask. */
    @Test
    void theStandInAnswersAsCudnn951Did() {
        List<String> answers = answers(Cudasim.folder().toString(), Map.of("CUDASIM_CUDNN", "90501"));
        for (String known : List.of(
                "version 90501",
                "CUDA 12",
                "a handle without a driver: 1001",
                "layer algorithm 1 type 0 sums 0 math 0 H 1100 direction 1: 0",
                "layer algorithm 0 type 9 sums 0 math 0 H 64 direction 0: 3000",
                "layer algorithm 0 type 2 sums 2 math 0 H 64 direction 0: 0",
                "layer algorithm 1 type 2 sums 2 math 0 H 64 direction 0: 3000",
                "projection 32 of 64: 0",
                "padded: 0",
                "sequence type 9 layout 1 lengths [5, 5, 5]: 3000",
                "sequence type 0 layout 1 lengths [3, 5, 4]: 2000",
                "sequence type 0 layout 0 lengths [3, 0, 4]: 0",
                "65536 steps: 3000")) {
            assertTrue(answers.contains(known), () -> known + " is not in\n" + String.join("\n", answers));
        }
        assertEquals(12, cudaOfFile(Cudasim.folder().toString()));
    }
}
