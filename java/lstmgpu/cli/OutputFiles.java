package lstmgpu.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;

/** Files that a command writes at its end, checked at its beginning: what is found out by then costs no work. */
final class OutputFiles {
    private OutputFiles() {}

    /**
     * A chart, null for none.
     *
     * @throws LstmGpuException with exit code 2 if its name ends in neither .svg nor .png, and as {@link #check}
     */
    static void checkChart(Path chart) {
        if (chart == null) {
            return;
        }
        if (!chart.toString().endsWith(".svg") && !chart.toString().endsWith(".png")) {
            throw LstmGpuException.usage("--chart must end in .svg or .png, not %s", chart.getFileName());
        }
        check("--chart", chart);
    }

    /**
     * Any file.
     *
     * @param flag that names it
     * @throws LstmGpuException with exit code 2 if its folder does not exist, or it is itself a folder
     */
    static void check(String flag, Path file) {
        if (Files.isDirectory(file)) {
            throw LstmGpuException.usage("%s %s is a folder; name a file", flag, file);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw LstmGpuException.usage(
                    "%s %s: there is no folder %s; make it or name another", flag, file, folder.getFileName());
        }
    }
}
