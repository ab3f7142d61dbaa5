package lstmgpu.files;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folders are believed. */
class PrivateFolderTest {
    private static final int STRANGER = 12345;

    @TempDir
    Path folder;

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private Path made(String name, String mode) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
    }

    /** Another's folder: made so by root, and found by everybody else. */
    private Path foreign() throws IOException {
        if (new UnixSystem().getUid() != 0) {
            return Path.of("/usr/share");
        }
        Path made = made("foreign", "rwx------");
        Files.setAttribute(made, "unix:uid", STRANGER);
        return made;
    }

    private static void refused(Path folder, String... words) {
        Map<String, String> environment = Map.of("LSTM_GPU_CACHE", folder.toString());
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> CacheFolder.of(environment));
        assertEquals(ExitCode.FAILED, refusal.exitCode());
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), refusal::getMessage);
        }
        assertTrue(refusal.getMessage().endsWith("set LSTM_GPU_CACHE to a folder that only you can write"));
        assertThrows(LstmGpuException.class, () -> CacheFolder.make(folder));
    }

    @Test
    void whatIsMissingIsMadeForItsOwnerOnly() throws IOException {
        Path made = CacheFolder.make(folder.resolve("a/b"));
        assertEquals("rwx------", mode(made));
        assertEquals("rwx------", mode(made.getParent()));
    }

    @Test
    void anOldOneIsClosedToReaders() throws IOException {
        Path old = made("old", "rwxr-xr-x");
        CacheFolder.make(old);
        assertEquals("rwx------", mode(old));
    }

    @Test
    void anothersFolderIsRefused() throws IOException {
        Path foreign = foreign();
        refused(foreign, foreign + " belongs to another user");
    }

    @Test
    void whatLiesInAnothersFolderIsRefused() throws IOException {
        if (new UnixSystem().getUid() == 0) {
            Path open = made("open", "rwxr-xr-x");
            Path foreign = foreign();
            Path entered = Files.move(foreign, open.resolve("foreign"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            refused(entered.resolve("cache"), "lies in " + entered);
            refused(entered, entered + " belongs to another user");
        }
    }

    @Test
    void aFolderThatOthersCanWriteIsRefused() throws IOException {
        Path open = made("open", "rwxrwxrwx");
        refused(open, "chmod go-w " + open);
        assertEquals("rwxrwxrwx", mode(open));
    }

    /** Numbers below 1000 are the system's: its user 100 need not be alone in its group 100. */
    @Test
    void onlyAPersonsOwnGroupIsPrivate() {
        assertTrue(new PrivateFolder.Facts(100, 100, 0770).othersWrite());
        assertFalse(new PrivateFolder.Facts(1000, 1000, 0770).othersWrite());
        assertTrue(new PrivateFolder.Facts(1000, 1001, 0770).othersWrite());
        assertFalse(new PrivateFolder.Facts(100, 0, 0770).othersWrite());
        assertFalse(new PrivateFolder.Facts(100, 100, 0750).othersWrite());
    }

    @Test
    void soIsOneBelowAFolderThatOthersCanWrite() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path open = made("open", "rwxrwxrwx");
        made("open/cache", "rwx------");
        refused(open.resolve("cache"), "chmod go-w " + open);
        refused(open.resolve("not-there"), "chmod go-w " + open);
    }

    @Test
    void belowAFolderThatNobodyElseCanEnterNobodyElseCanWrite() throws IOException {
        made("closed/open", "rwxrwxrwx");
        made("closed", "rwx------");
        assertDoesNotThrow(() -> CacheFolder.make(folder.resolve("closed/open/cache")));
    }

    @Test
    void aLinkIsRefused() throws IOException {
        Path target = made("target", "rwx------");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        refused(link, "symbolic link " + link);
        assertDoesNotThrow(() -> CacheFolder.make(link.resolve("cache")), "a link of the user's own on the way");
    }

    @Test
    void aFileIsRefused() throws IOException {
        refused(Files.createFile(folder.resolve("file")), "is not a folder");
    }

    @Test
    void onlyAbsolutePathsAreTakenFromTheEnvironment() {
        String home = System.getProperty("user.home");
        Path usual = Path.of(home, ".cache", "lstm-gpu");
        assertEquals(usual, CacheFolder.named(Map.of("XDG_CACHE_HOME", "here", "HOME", "there")));
        assertEquals(usual, CacheFolder.named(Map.of()));
        assertEquals(Path.of("/x/lstm-gpu"), CacheFolder.named(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/y")));
        assertEquals(Path.of("/y/.cache/lstm-gpu"), CacheFolder.named(Map.of("HOME", "/y")));
    }
}
