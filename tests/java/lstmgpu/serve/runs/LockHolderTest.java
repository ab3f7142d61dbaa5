package lstmgpu.serve.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockHolderTest {
    @TempDir
    Path folder;

    @Test
    void whoHoldsALockIsReadOffTheSystemsList() {
        assertEquals(Optional.empty(), LockHolder.of(folder));
        try (ModelDirectory directory = ModelDirectory.create(folder, false)) {
            LockHolder holder = LockHolder.of(directory.path()).orElseThrow();
            assertEquals(ProcessHandle.current().pid(), holder.process());
            assertTrue(holder.certain());
            assertFalse(holder.isOwn(), "this process is not to be ended");
        }
        assertEquals(Optional.empty(), LockHolder.of(folder));
        assertEquals(Optional.empty(), LockHolder.of(folder.resolve("absent")));
    }
}
