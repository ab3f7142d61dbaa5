package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ChildProcess;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.SpecialFile;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One trainer a directory, whatever happens to the file that stands for the lock. */
class DirectoryLockTest {
    private static final int LOCKED = 7;

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void makeADirectory() {
        path = folder.resolve("model");
    }

    /** Ends with 7 if the directory is locked. */
    static final class Locker {
        private Locker() {}

        public static void main(String[] arguments) {
            try (ModelDirectory directory = ModelDirectory.create(Path.of(arguments[0]), false)) {
                directory.checkLock();
            } catch (LstmGpuException locked) {
                System.err.println(locked.getMessage());
                System.exit(LOCKED);
            }
        }
    }

    private ChildProcess lockInAnotherProcess() {
        return ChildProcess.of(Map.of(), Locker.class.getName(), path.toString());
    }

    @Test
    void aSecondTrainerIsRefusedAlsoWhereTheFileWasDeleted() throws IOException {
        try (ModelDirectory first = ModelDirectory.create(path, false)) {
            ChildProcess refused = lockInAnotherProcess();
            assertEquals(LOCKED, refused.code(), refused.err());
            assertTrue(
                    refused.err().contains("(process " + ProcessHandle.current().pid() + ")"), refused.err());
            Files.delete(path.resolve(".lock"));
            refused = lockInAnotherProcess();
            assertEquals(LOCKED, refused.code(), refused.err());
            assertTrue(refused.err().contains("in use"), refused.err());
            first.saveRun(JsonFiles.object());
        }
        assertEquals(0, lockInAnotherProcess().code());
    }

    @Test
    void aFolderThatWasReplacedIsNotWrittenTo() throws IOException {
        try (ModelDirectory first = ModelDirectory.create(path, false)) {
            Files.move(path, folder.resolve("moved"));
            Files.createDirectory(path);
            LstmGpuException end = assertThrows(LstmGpuException.class, () -> first.saveRun(JsonFiles.object()));
            assertEquals(ExitCode.FAILED, end.exitCode());
            assertTrue(end.getMessage().contains("another run may use it"), end.getMessage());
            List<MetricsFile.Row> rows = List.of(new MetricsFile.Row(1, 0.5, 10, 2.5, 2.75, 0.1, 1, 2, 1000, 1));
            assertThrows(LstmGpuException.class, () -> first.saveLossChart(rows, "nats per token"));
            Files.delete(path); // It is empty.
            end = assertThrows(LstmGpuException.class, () -> first.saveRun(JsonFiles.object()));
            assertTrue(end.getMessage().contains("cannot be written"), end.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLockThatLeadsElsewhereIsRefused(SpecialFile kind) throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "precious");
        Files.createDirectory(path);
        assumeTrue(kind != SpecialFile.HUGE && kind.put(path.resolve(".lock"), other), "no " + kind);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ModelDirectory.create(path, false));
        assertEquals(ExitCode.FAILED, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(".lock is "), refusal.getMessage());
        assertEquals("precious", Files.readString(other));
        AtomicFiles.deleteTree(path.resolve(".lock"));
        ModelDirectory.create(path, false).close();
    }

    @Test
    void foldersOfALinkAreNotWrittenInto() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(path);
        for (String name : new String[] {"checkpoints", "tensorboard"}) {
            Path link = Files.createSymbolicLink(path.resolve(name), elsewhere);
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ModelDirectory.create(path, true));
            assertEquals(ExitCode.FAILED, refusal.exitCode());
            assertTrue(refusal.getMessage().contains(name + " is a symbolic link"), refusal.getMessage());
            Files.delete(link);
        }
    }
}
