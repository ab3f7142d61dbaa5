package lstmgpu.backend.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor's name as its maker gives it. */
final class CpuName {
    private CpuName() {}

    static String read() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            return System.getProperty("os.arch"); // Elsewhere than on Linux.
        }
        return System.getProperty("os.arch");
    }
}
