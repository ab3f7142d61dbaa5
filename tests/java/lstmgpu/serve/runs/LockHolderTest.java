package lstmgpu.serve.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
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

    @Test
    void aFolderThatBorrowsALockNamesNobody() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.createSymbolicLink(other.resolve(".lock"), own.resolve(".lock"));
        try (ModelDirectory directory = ModelDirectory.create(own, false)) {
            assertTrue(LockHolder.of(directory.path()).orElseThrow().certain());
            boolean named = LockHolder.of(other).filter(LockHolder::certain).isPresent();
            assertFalse(named, "stopping that run would end the process of another one");
        }
    }
}
