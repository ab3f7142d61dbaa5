package lstmgpu;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Where the user's home is, which records of a run do not tell: the system's own answer and HOME need not agree. */
public final class HomeFolders {
    private HomeFolders() {}

    /** Absolute, none of them the root, the deepest first. */
    public static List<Path> of(Map<String, String> environment) {
        return Stream.of(System.getProperty("user.home"), environment.get("HOME"))
                .filter(Objects::nonNull)
                .map(home -> Path.of(home).normalize())
                .filter(home -> home.isAbsolute() && home.getNameCount() > 0)
                .distinct()
                .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                .toList();
    }

    /** A text that names none of them. */
    public static String hide(String text, Map<String, String> environment) {
        String hidden = text;
        for (Path home : of(environment)) {
            hidden = hidden.replace(home.toString(), "~");
        }
        return hidden;
    }
}
