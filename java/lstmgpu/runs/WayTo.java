package lstmgpu.runs;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.HomeFolders;

/**
 * How a file is found from a folder: both may move together, and the record of a run tells nobody where somebody's home
 * is.
 */
public final class WayTo {
    private WayTo() {}

    /** The relative path to a file; only its name where that path would go through the user's home. */
    public static String record(Path folder, Path file, Map<String, String> environment) {
        Path from = real(folder);
        Path to = real(file.toAbsolutePath().getParent()).resolve(file.getFileName());
        boolean leaks = HomeFolders.of(environment).stream()
                .map(WayTo::real)
                .anyMatch(home -> to.startsWith(home) && !from.startsWith(home));
        return leaks || !to.getRoot().equals(from.getRoot())
                ? file.getFileName().toString()
                : from.relativize(to).toString();
    }

    /** The file, under the shortest name from here; it need not be there. */
    public static Path follow(Path folder, String way) {
        try {
            Path file = real(folder).resolve(way).normalize();
            Path here = real(Path.of(""));
            return file.startsWith(here) ? here.relativize(file) : file;
        } catch (InvalidPathException damaged) {
            return Path.of("?");
        }
    }

    /** Without links, as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException absent) {
            Path parent = absolute.getParent();
            return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
        }
    }
}
