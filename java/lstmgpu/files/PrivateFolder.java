package lstmgpu.files;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;

/**
 * Folders whose content this process runs or believes, so that nobody else may be able to change it: the folder is the
 * user's own, and no folder above it lets another user exchange it.
 *
 * @param path need not be there
 * @param remedy what the user can do instead, in a few words
 */
public record PrivateFolder(Path path, String remedy) {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String FACTS = "unix:uid,gid,mode";

    private static final int STICKY = 01000;
    private static final int KIND = 0170000;
    private static final int FOLDER = 0040000;
    private static final int LINK = 0120000;
    private static final int REGULAR = 0100000;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int ANYBODY_ENTERS = 0011;
    private static final int ANYBODY = 0077;

    /** Users and groups below belong to the system. */
    private static final int FIRST_PERSON = 1000;

    /** Who owns a file, and what others may do with it. */
    record Facts(int owner, int group, int mode) {
        static Facts of(Path file) throws IOException {
            Map<String, Object> facts = Files.readAttributes(file, FACTS, LinkOption.NOFOLLOW_LINKS);
            return new Facts((int) facts.get("uid"), (int) facts.get("gid"), (int) facts.get("mode"));
        }

        boolean is(int kind) {
            return (mode & KIND) == kind;
        }

        boolean isForeignTo(int self) {
            return owner != self && owner != 0;
        }

        /**
         * A person's group with the number of its owner is the owner's private one, as most systems make them; groups
         * below belong to many.
         */
        boolean othersWrite() {
            boolean ownersOnly = group == 0 || group == owner && group >= FIRST_PERSON;
            return (mode & OTHERS_WRITE) != 0 || (mode & GROUP_WRITES) != 0 && !ownersOnly;
        }
    }

    public PrivateFolder {
        path = path.toAbsolutePath();
    }

    /**
     * Makes it, with what is missing above it, for the owner only; what is there and can be read by others is closed to
     * them.
     *
     * @throws LstmGpuException with exit code 1 if that fails or another user could change it
     */
    public Path make() {
        require();
        List<Path> missing = new ArrayList<>();
        for (Path place = path; place != null && !Files.isDirectory(place); place = place.getParent()) {
            missing.addFirst(place);
        }
        try {
            for (Path place : missing) {
                makeOne(place);
            }
            if (missing.isEmpty()) {
                tighten();
            } else {
                require();
            }
        } catch (IOException failure) {
            throw unusable("made", failure);
        }
        return path;
    }

    private static void makeOne(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, OWNER_ONLY);
        } catch (FileAlreadyExistsException made) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw made;
            }
        }
    }

    private void tighten() throws IOException {
        if (isUnix() && (Facts.of(path).mode() & ANYBODY) != 0 && Files.isWritable(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private boolean isUnix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** Whether it is a regular file and no link, the user's own or root's, that nobody else can write. */
    public static boolean holdsOwn(Path file) {
        try {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
            }
            Facts facts = Facts.of(file);
            return facts.is(REGULAR) && !facts.isForeignTo((int) new UnixSystem().getUid()) && !facts.othersWrite();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Whether {@link #holdsOwn} and nobody else can read it either. */
    public static boolean keepsSecret(Path file) {
        try {
            boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
            return holdsOwn(file) && (!unix || (Facts.of(file).mode() & ANYBODY) == 0);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private LstmGpuException unusable(String what, IOException failure) {
        return new LstmGpuException(
                ExitCode.FAILED,
                "the folder %s cannot be %s: %s; %s".formatted(path, what, IoErrors.reason(failure), remedy),
                failure);
    }

    /**
     * @throws LstmGpuException with exit code 1 if it, or what is there of the folders above it, could be changed by
     *     another user
     */
    public void require() {
        if (!isUnix()) {
            return;
        }
        try {
            String problem = problem((int) new UnixSystem().getUid());
            if (problem != null) {
                throw new LstmGpuException(ExitCode.FAILED, problem + "; " + remedy);
            }
        } catch (IOException failure) {
            throw unusable("used", failure);
        }
    }

    /** Null if there is none. */
    private String problem(int self) throws IOException {
        Path existing = path;
        while (!exists(existing)) {
            existing = existing.getParent();
        }
        for (Path place : fromRoot(existing)) {
            Facts facts = Facts.of(place);
            if (facts.is(LINK) && (place.equals(path) || facts.isForeignTo(self))) {
                return "the folder %s is reached through the symbolic link %s, which may lead elsewhere tomorrow"
                        .formatted(path, place);
            }
        }
        boolean here = existing.equals(path);
        Path real = existing.toRealPath();
        String problem = problemAbove(here ? real.getParent() : real, self);
        return problem == null && here ? problemHere(Facts.of(path), self) : problem;
    }

    private String problemHere(Facts facts, int self) {
        if (!facts.is(FOLDER)) {
            return path + " is not a folder";
        }
        if (facts.owner() != self) {
            return "the folder %s belongs to another user (number %d), who could change what is run from it"
                    .formatted(path, facts.owner());
        }
        return facts.othersWrite() ? writable(path) : null;
    }

    /** Whoever can change this program itself gains nothing by changing what it loads; below a folder of the user's own
     * that nobody else may enter nobody else can do anything. */
    private String problemAbove(Path folder, int self) throws IOException {
        Path program = program();
        for (Path place : fromRoot(folder)) {
            Facts facts = Facts.of(place);
            if (!program.startsWith(place)) {
                if (facts.isForeignTo(self)) {
                    return "the folder %s lies in %s, which belongs to another user (number %d)"
                            .formatted(path, place, facts.owner());
                }
                if (facts.othersWrite() && (facts.mode() & STICKY) == 0) {
                    return writable(place);
                }
            }
            if (facts.owner() == self && (facts.mode() & ANYBODY_ENTERS) == 0) {
                return null;
            }
        }
        return null;
    }

    private static String writable(Path place) {
        return "other users can write in %s, and so change what is run from it: chmod go-w %s"
                .formatted(place, ShellWord.of(place));
    }

    /**
     * The jar of this class, or its file. The class loader is asked, for what the JVM says of a class from its start
     * cache is where the jar lay when the cache was made.
     */
    private static Path program() throws IOException {
        URL own = PrivateFolder.class.getResource(PrivateFolder.class.getSimpleName() + ".class");
        URLConnection connection = Objects.requireNonNull(own).openConnection();
        try {
            URL file = connection instanceof JarURLConnection jar ? jar.getJarFileURL() : own;
            return Path.of(file.toURI()).toRealPath();
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }

    private static boolean exists(Path file) throws IOException {
        try {
            Facts.of(file);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    private static List<Path> fromRoot(Path file) {
        List<Path> places = new ArrayList<>();
        for (Path place = file; place != null; place = place.getParent()) {
            places.addFirst(place);
        }
        return places;
    }
}
