package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationConfigTest {
    @TempDir
    private Path folder;

    @Test
    void itIsReadAsItWasWrittenAndWhatIsOutOfRangeIsNamed() throws IOException {
        Path file = folder.resolve("generation_config.json");
        GenerationConfig config = new GenerationConfig(0.7f, 40, 0.9f, 0.05f, 1.1f, 300);
        config.write(file);
        assertEquals(config, GenerationConfig.read(file));
        assertEquals(GenerationConfig.DEFAULT, GenerationConfig.read(Files.writeString(file, "{}")));
        for (String bad : List.of(
                "temperature\": -1",
                "top_p\": 1.5",
                "min_p\": -0.5",
                "repetition_penalty\": 0",
                "top_k\": -3",
                "max_new_tokens\": 2.5")) {
            Files.writeString(file, "{\"" + bad + "}");
            LstmGpuException failure = assertThrows(LstmGpuException.class, () -> GenerationConfig.read(file));
            assertEquals(ExitCode.DATA, failure.exitCode());
            assertTrue(failure.getMessage().contains(bad.substring(0, bad.indexOf('"'))), failure::getMessage);
        }
    }
}
