package lstmgpu.data.input;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;

/**
 * Finds the files that inputs stand for: a file is itself, a folder all files in it and in its folders, a pattern
 * such as {@code books/**}{@code /*.txt} those that match it. They come in the order of their names, so that the same
 * folder is the same text everywhere.
 *
 * @param include which files of a folder are read, by their names or, with a slash in it, by the way from the folder; a
 *     packed file is known by its name with and without the ending
 * @param flag how include can be changed, for messages
 */
public record InputSearch(String include, String flag) {
    private static final Pattern PATTERN = Pattern.compile(".*([*?]|\\[.+]|\\{.+}).*");

    /** Whether a name that no file has is a pattern. */
    public static boolean isPattern(Path name) {
        return PATTERN.matcher(name.toString()).matches() && !Files.exists(name);
    }

    /**
     * The files of all inputs, in their order; what is left out of folders is said.
     *
     * @throws LstmGpuException with exit code 2 if a pattern cannot be understood or a name is empty, 3 if a folder or
     *     a pattern stands for no file or a folder cannot be read
     */
    public List<Path> files(List<Path> inputs, Consumer<String> notice) {
        List<Path> files = new ArrayList<>();
        for (Path input : inputs) {
            if (input.toString().isEmpty()) {
                throw LstmGpuException.usage("an input has an empty name; name a file, or . for all of this folder");
            }
            if (isPattern(input)) {
                files.addAll(matching(input, notice));
            } else if (Files.isDirectory(input)) {
                files.addAll(inFolder(input, notice));
            } else {
                files.add(input);
            }
        }
        return files;
    }

    private List<Path> inFolder(Path folder, Consumer<String> notice) {
        Predicate<Path> whole = GlobMatch.of(include, flag);
        boolean byWay = include.contains("/");
        Predicate<Path> wanted = way -> {
            Path name = byWay ? way : way.getFileName();
            return whole.test(name)
                    || whole.test(name.resolveSibling(
                            Packing.unpackedName(name.getFileName().toString())));
        };
        FolderWalk walk = FolderWalk.of(folder, wanted, Integer.MAX_VALUE, false);
        report(folder, walk, notice);
        if (walk.files().isEmpty()) {
            throw LstmGpuException.data(
                    "%s has no file that is called like %s (%s of other names%s); say which to read: %s GLOB",
                    folder,
                    include,
                    Count.of(walk.others(), "file"),
                    walk.anotherName() == null ? "" : ", such as " + walk.anotherName(),
                    flag);
        }
        return walk.files();
    }

    private static List<Path> matching(Path pattern, Consumer<String> notice) {
        Path folder = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
        int at = 0;
        while (at < pattern.getNameCount()
                && !PATTERN.matcher(pattern.getName(at).toString()).matches()) {
            folder = folder.resolve(pattern.getName(at++));
        }
        Path rest = pattern.subpath(at, pattern.getNameCount());
        if (!Files.isDirectory(folder)) {
            throw LstmGpuException.data("%s is a pattern, and there is no folder %s", pattern, folder);
        }
        String glob = rest.toString();
        boolean hidden = glob.startsWith(".") || glob.contains("/.");
        int depth = glob.contains("**") || glob.contains("{") ? Integer.MAX_VALUE : rest.getNameCount();
        FolderWalk walk = FolderWalk.of(folder, GlobMatch.of(glob, pattern.toString()), depth, hidden);
        report(pattern, walk, notice);
        if (walk.files().isEmpty()) {
            throw LstmGpuException.data(
                    "%s does not exist, and as a pattern it matches no file; check the spelling and the folder",
                    pattern);
        }
        return walk.files();
    }

    private static void report(Path input, FolderWalk walk, Consumer<String> notice) {
        walk.leftOut().forEach(what -> notice.accept("%s: %s".formatted(input, what)));
    }
}
