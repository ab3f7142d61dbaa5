package lstmgpu.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What a Java process on Linux holds: threads, open files and sockets, memory. */
final class ProcessCounts {
    private final long process;
    private final boolean heap;

    /** @param heap whether to collect garbage there and count what is left */
    ProcessCounts(long process, boolean heap) {
        this.process = process;
        this.heap = heap;
    }

    /**
     * At an instant.
     *
     * @param threads of the system
     * @param files open files and sockets
     * @param resident bytes in memory
     * @param live bytes of objects in use, 0 where they were not counted
     */
    record Held(int threads, int files, long resident, long live) {
        private static final int MORE_THREADS = 6; // those that carry virtual threads come and go
        private static final int MORE_FILES = 4;
        private static final long MORE_BYTES = 16 << 20;

        /** Whether not more is held than before, but for what the JVM itself takes. */
        boolean isNoMoreThan(Held before) {
            return threads <= before.threads + MORE_THREADS
                    && files <= before.files + MORE_FILES
                    && live <= before.live + MORE_BYTES;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d threads, %d files and sockets, %d MB resident, %.1f MB of objects",
                    threads,
                    files,
                    resident >> 20,
                    live / 1048576.0);
        }
    }

    Held held() throws IOException, InterruptedException {
        long live = heap ? live() : 0;
        Path folder = Path.of("/proc", Long.toString(process));
        try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
            return new Held(
                    (int) status(folder, "Threads:"), (int) files.count(), status(folder, "VmRSS:") << 10, live);
        }
    }

    private static long status(Path folder, String name) throws IOException {
        return Files.readAllLines(folder.resolve("status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** The last line of a histogram of objects, which the JVM makes after it has collected garbage. */
    private long live() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said.lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.strip().replaceAll(".*\\s", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("jcmd: " + said));
    }
}
