package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that cannot be opened is opened again when its files have changed, and not for every request. */
class CatalogueTest {
    @TempDir
    Path folder;

    private final Catalogue catalogue = new Catalogue();
    private LstmGpuException reason = new LstmGpuException(ExitCode.DATA, "no model");
    private int opened;

    @BeforeEach
    void fetchFromOneFolder() {
        catalogue.fetchFrom(() -> Map.of("run", folder), _ -> {
            opened++;
            throw reason;
        });
    }

    private void ask(int times, LstmGpuException expected) {
        for (int i = 0; i < times; i++) {
            assertSame(expected, assertThrows(LstmGpuException.class, () -> catalogue.find("run")));
        }
    }

    @Test
    void aBrokenFolderIsOpenedOnceUntilItChanges() throws IOException {
        LstmGpuException first = reason;
        ask(3, first);
        assertEquals(1, opened);
        reason = new LstmGpuException(ExitCode.DATA, "still no model");
        ask(1, first);
        Files.writeString(folder.resolve("config.json"), "{");
        ask(3, reason);
        assertEquals(2, opened);
    }

    @Test
    void whatAnotherTryMayMendIsTriedAgain() {
        reason = new LstmGpuException(ExitCode.MEMORY, "no room");
        ask(2, reason);
        assertEquals(2, opened);
        reason = IoErrors.unreadable(folder, new AccessDeniedException("model.safetensors"));
        ask(2, reason);
        assertEquals(4, opened);
    }
}
