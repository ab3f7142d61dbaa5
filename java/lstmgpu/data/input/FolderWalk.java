package lstmgpu.data.input;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.files.IoErrors;

/**
 * The wanted files of a folder and of the folders in it. Hidden ones are left out, and so are links that lead out of
 * the folder, to other folders or nowhere: a folder's text is what lies in it.
 */
final class FolderWalk extends SimpleFileVisitor<Path> {
    private static final int NAMED = 3;

    private final Path folder;
    private final Path real;
    private final Predicate<Path> wanted;
    private final boolean hiddenToo;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> hidden = new ArrayList<>();
    private final List<Path> links = new ArrayList<>();

    /** Links to files of the folder. */
    private final Set<Path> linked = new TreeSet<>();

    /** Every file by its own name. */
    private final Set<Path> read = new HashSet<>();

    private long others;
    private String anotherName;

    private FolderWalk(Path folder, Path real, Predicate<Path> wanted, boolean hiddenToo) {
        this.folder = folder;
        this.real = real;
        this.wanted = wanted;
        this.hiddenToo = hiddenToo;
    }

    /**
     * @param wanted tells by the way from the folder to a file
     * @param depth of the folders that are looked into
     * @throws lstmgpu.LstmGpuException with exit code 3 if a folder cannot be read
     */
    static FolderWalk of(Path folder, Predicate<Path> wanted, int depth, boolean hiddenToo) {
        try {
            FolderWalk walk = new FolderWalk(folder, folder.toRealPath(), wanted, hiddenToo);
            Files.walkFileTree(walk.real, Set.of(), depth, walk);
            walk.addLinked();
            Collections.sort(walk.files);
            return walk;
        } catch (IOException failure) {
            throw IoErrors.unreadable(folder, failure);
        }
    }

    /** A link to what is read anyway adds nothing: a text would stand there twice. */
    private void addLinked() throws IOException {
        for (Path link : linked) {
            if (read.add(link.toRealPath())) {
                files.add(shown(link));
            }
        }
    }

    /** In the order of their names. */
    List<Path> files() {
        return files;
    }

    /** How many were not wanted. */
    long others() {
        return others;
    }

    /** The first name of those that were not wanted; null if there is none. */
    String anotherName() {
        return anotherName;
    }

    /** What a person might miss, a sentence each. */
    List<String> leftOut() {
        List<String> sentences = new ArrayList<>();
        if (!hidden.isEmpty()) {
            sentences.add("what is hidden is left out: " + names(hidden));
        }
        if (!links.isEmpty()) {
            boolean one = links.size() == 1;
            sentences.add("%s %s out of the folder or to another folder and %s left out: %s"
                    .formatted(
                            Count.of(links.size(), "link"), one ? "leads" : "lead", one ? "is" : "are", names(links)));
        }
        return sentences;
    }

    private static String names(List<Path> paths) {
        Collections.sort(paths);
        String names = paths.stream().limit(NAMED).map(Path::toString).collect(Collectors.joining(", "));
        return paths.size() > NAMED ? "%s and %,d more".formatted(names, paths.size() - NAMED) : names;
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    @Override
    public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
        if (found.equals(real) || hiddenToo || !isHidden(found)) {
            return FileVisitResult.CONTINUE;
        }
        hidden.add(shown(found));
        return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
        Path way = real.relativize(found);
        if (attributes.isDirectory()) {
            return FileVisitResult.CONTINUE;
        }
        if (attributes.isSymbolicLink() && !isInside(found)) {
            if (Files.isDirectory(found) || wanted.test(way)) {
                links.add(shown(found));
            }
        } else if (!wanted.test(way) || !Files.isRegularFile(found)) {
            addOther(way);
        } else if (isHidden(found) && !hiddenToo) {
            hidden.add(shown(found));
        } else if (attributes.isSymbolicLink()) {
            linked.add(found);
        } else {
            files.add(shown(found));
            read.add(found);
        }
        return FileVisitResult.CONTINUE;
    }

    private void addOther(Path way) {
        if (!isHidden(way)) {
            others++;
            String name = way.toString();
            anotherName = anotherName == null || name.compareTo(anotherName) < 0 ? name : anotherName;
        }
    }

    /** Whether a link is another name of a file that lies in the folder. */
    private boolean isInside(Path link) {
        try {
            Path target = link.toRealPath();
            return target.startsWith(real) && Files.isRegularFile(target);
        } catch (IOException leadsNowhere) {
            return false;
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path found, IOException failure) {
        throw IoErrors.unreadable(shown(found), failure);
    }

    /** As a person would name it. */
    private Path shown(Path found) {
        return folder.resolve(real.relativize(found));
    }
}
