package lstmgpu.backend.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where libraries are looked for, and in which order: on a file system made up for it. */
class LibraryPlacesTest {
    private static final String NAME = "libcudnn.so.9";

    @TempDir
    Path root;

    private final Map<String, String> environment = new HashMap<>();

    private Path put(String folder, String name) throws IOException {
        Path file = root.resolve(folder).resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private Optional<Path> firstOf(List<LibraryPlace> places, String name) {
        return places.stream().flatMap(place -> place.find(name).stream()).findFirst();
    }

    private Optional<Path> found() {
        return firstOf(new LibraryPlaces(environment, root).ofToolkit(), NAME);
    }

    @Test
    void theOrderIsExplicitHomeLoaderSystemPythonToolkit() throws IOException {
        List<Path> inOrder = List.of(
                put("explicit", NAME),
                put("home/lib64", NAME),
                put("loader", NAME),
                put("usr/lib/x86_64-linux-gnu", NAME),
                put("usr/local/nvidia/lib64", NAME),
                put("usr/local/nvidia/lib", NAME),
                put("venv/lib/python3.12/site-packages/nvidia/cudnn/lib", NAME),
                put("usr/lib/python3/dist-packages/nvidia/cudnn/lib", NAME),
                put("usr/local/cuda-13.0/lib64", NAME));
        environment.put("LSTM_GPU_CUDA", root.resolve("explicit").toString());
        environment.put("CUDA_HOME", root.resolve("home").toString());
        environment.put("LD_LIBRARY_PATH", "/nowhere:" + root.resolve("loader"));
        environment.put("VIRTUAL_ENV", root.resolve("venv").toString());
        for (Path file : inOrder) {
            assertEquals(Optional.of(file), found());
            Files.delete(file);
        }
        assertEquals(Optional.empty(), found());
    }

    @Test
    void theDriverIsNotLookedForInAToolkit() throws IOException {
        put("home/lib64", "libcuda.so.1");
        environment.put("CUDA_HOME", root.resolve("home").toString());
        assertEquals(Optional.empty(), firstOf(new LibraryPlaces(environment, root).ofDriver(), "libcuda.so.1"));
        Path wsl = put("usr/lib/wsl/lib", "libcuda.so.1");
        assertEquals(Optional.of(wsl), firstOf(new LibraryPlaces(environment, root).ofDriver(), "libcuda.so.1"));
    }

    @Test
    void aPythonOnThePathLeadsToItsPackages() throws IOException {
        Path real = put("opt/python/bin", "python3.12");
        assertTrue(real.toFile().setExecutable(true));
        Files.createDirectories(root.resolve("bin"));
        Files.createSymbolicLink(root.resolve("bin/python3"), real);
        Path library = put("opt/python/lib/python3.12/site-packages/nvidia/cu13/lib", NAME);
        environment.put("PATH", "/nowhere:" + root.resolve("bin"));
        assertEquals(library.toRealPath(), found().orElseThrow().toRealPath());
    }

    @Test
    void theNewestOfSeveralPythonsAndToolkitsComesFirst() throws IOException {
        put("usr/local/cuda-12.4/lib64", NAME);
        Path newer = put("usr/local/cuda-12.6/lib64", NAME);
        assertEquals(Optional.of(newer), found());
    }

    @Test
    void theLoadersCacheIsRead() throws IOException {
        Path library = put("somewhere", NAME);
        Files.createDirectories(root.resolve("etc"));
        Path cache = root.resolve("etc/ld.so.cache");
        Files.write(cache, cacheOf(0, "libother.so.1", "/nowhere/libother.so.1", NAME, library.toString()));
        assertEquals(Optional.of(library), found());
        assertEquals(Optional.empty(), LoaderCache.read(cache).find("libother.so.1"), "the file is gone");
        assertEquals(Optional.empty(), LoaderCache.read(cache).find("libcudnn"));
        Files.write(cache, cacheOf(64, NAME, library.toString()));
        assertEquals(Optional.of(library), found(), "behind a table of the older form");
    }

    @Test
    void aToolkitThatTheLoadersCacheNamesComesAfterPythonsPackages() throws IOException {
        Path toolkit = put("usr/local/cuda-12.6/lib64", NAME);
        Path wheel = put("usr/lib/python3/dist-packages/nvidia/cudnn/lib", NAME);
        Files.createDirectories(root.resolve("etc"));
        Files.write(root.resolve("etc/ld.so.cache"), cacheOf(0, NAME, toolkit.toString()));
        assertEquals(Optional.of(wheel), found());
        Files.delete(wheel);
        assertEquals(Optional.of(toolkit), found());
    }

    @Test
    void aLoadersCacheCutShortHasNoEntries() throws IOException {
        Path library = put("somewhere", NAME);
        byte[] whole = cacheOf(0, NAME, library.toString());
        Path cache = root.resolve("cut");
        for (int length = 0; length < 48 + 24; length++) {
            Files.write(cache, java.util.Arrays.copyOf(whole, length));
            assertEquals(Optional.empty(), LoaderCache.read(cache).find(NAME), "of " + length + " bytes");
        }
        byte[] wild = whole.clone();
        ByteBuffer.wrap(wild)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(20, -1)
                .putInt(52, -5)
                .putInt(56, Integer.MAX_VALUE);
        Files.write(cache, wild);
        assertEquals(Optional.empty(), LoaderCache.read(cache).find(NAME));
    }

    /** A cache with these names and paths, as ldconfig writes it. */
    private static byte[] cacheOf(int bytesBefore, String... namesAndPaths) {
        int entries = namesAndPaths.length / 2;
        ByteBuffer file = ByteBuffer.allocate(4096 + bytesBefore).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytesBefore;
        file.put(start, "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII));
        file.putInt(start + 20, entries);
        int text = 48 + 24 * entries;
        for (int i = 0; i < entries; i++) {
            int entry = start + 48 + 24 * i;
            file.putInt(entry, 0x0303);
            for (int part = 0; part < 2; part++) {
                byte[] bytes = namesAndPaths[2 * i + part].getBytes(StandardCharsets.UTF_8);
                file.putInt(entry + 4 + 4 * part, text);
                file.put(start + text, bytes);
                text += bytes.length + 1;
            }
        }
        return java.util.Arrays.copyOf(file.array(), start + text);
    }
}
