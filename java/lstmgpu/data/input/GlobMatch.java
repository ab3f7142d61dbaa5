package lstmgpu.data.input;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import lstmgpu.LstmGpuException;

/** Patterns of names as shells know them. */
final class GlobMatch {
    private static final String ANY_FOLDERS = "**/";

    /** Each of them doubles the ways in which a pattern is tried. */
    private static final int MOST_ANY_FOLDERS = 4;

    private GlobMatch() {}

    /**
     * Whether a relative path matches a pattern, where {@code **}{@code /} also stands for no folder at all.
     *
     * @param owner what has the pattern, for messages
     * @throws LstmGpuException with exit code 2 if it cannot be understood
     */
    static Predicate<Path> of(String glob, String owner) {
        List<String> globs = new ArrayList<>(List.of(glob));
        for (int i = 0, from = 0; i < MOST_ANY_FOLDERS; i++) {
            int at = glob.indexOf(ANY_FOLDERS, from);
            if (at < 0) {
                break;
            }
            from = at + ANY_FOLDERS.length();
            String end = glob.substring(from);
            for (String longer : List.copyOf(globs)) {
                globs.add(longer.substring(0, longer.length() - end.length() - ANY_FOLDERS.length()) + end);
            }
        }
        try {
            List<PathMatcher> matchers = globs.stream()
                    .map(one -> FileSystems.getDefault().getPathMatcher("glob:" + one))
                    .toList();
            return path -> matchers.stream().anyMatch(matcher -> matcher.matches(path));
        } catch (PatternSyntaxException failure) {
            throw LstmGpuException.usage(
                    "%s: the pattern %s cannot be understood: %s", owner, glob, failure.getDescription());
        }
    }
}
