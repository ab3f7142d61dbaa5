package lstmgpu.backend.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says a processor can do. */
final class CpuFlags {
    private CpuFlags() {}

    /** Their names with a space before and behind each; empty elsewhere. */
    static String read() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("flags")) {
                    return line.substring(line.indexOf(':') + 1) + " ";
                }
            }
            return "";
        } catch (IOException absent) {
            return "";
        }
    }
}
