package lstmgpu.backend.natives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.CacheFolder;
import lstmgpu.files.IoErrors;

/**
 * The one place that unpacks native libraries from the class path, this program's own and those of the packages it
 * uses, because a loader wants files. They go to the folder {@code native} of the cache, which is the user's own and
 * closed to everybody else; a library's folder is named by SHA-256, and what lies there is taken only if it is what was
 * packed. There is no other place: where this one cannot be used, nothing is loaded.
 *
 * <p>Packages that unpack libraries by themselves look in {@code java.io.tmpdir}, under names that anybody could have
 * taken first. {@link #claim} points it to that folder, and {@link #initialise} puts the library they ask for where
 * they look.
 */
public final class NativeLibraries {
    private static final String PLACE = "java.io.tmpdir";
    private static final String NOWHERE = "/dev/null";
    private static final String FOLDER = "native";

    /** What the system's loader says, behind its name, of a library that another one needs. */
    private static final String ABSENT = ": cannot open shared object file";

    private static final String ROOM =
            "set LSTM_GPU_CACHE to a folder of your own that has room and is not mounted noexec";

    private NativeLibraries() {}

    /** Before anything else: whatever unpacks a library by itself does so where nobody else can have put one. */
    public static void claim() {
        try {
            System.setProperty(
                    PLACE, CacheFolder.named(System.getenv()).resolve(FOLDER).toString());
        } catch (LstmGpuException homeless) {
            System.setProperty(PLACE, NOWHERE);
        }
    }

    /**
     * Initialises a class whose static part loads a library by name.
     *
     * @param resource the library, with its path on the class path
     * @param first a first call into that class
     * @throws LstmGpuException with exit code 1 if the library cannot be unpacked or loaded
     */
    public static synchronized void initialise(String resource, Runnable first) {
        Path file = unpack(List.of(resource)).getFirst();
        String before = System.setProperty(PLACE, file.getParent().toString());
        try {
            first.run();
        } catch (LinkageError failure) {
            throw unloadable(file, failure);
        } finally {
            System.setProperty(PLACE, before);
        }
    }

    /**
     * Loads a library.
     *
     * @param resource with its path on the class path
     * @throws LstmGpuException with exit code 1 if it cannot be unpacked or loaded
     */
    public static Path load(String resource) {
        return load(List.of(resource)).getFirst();
    }

    /**
     * Loads libraries that look for each other in their own folder, in this order.
     *
     * @param resources with their paths on the class path
     * @throws LstmGpuException with exit code 1 if they cannot be unpacked or loaded
     */
    public static List<Path> load(List<String> resources) {
        List<Path> files = unpack(resources);
        for (Path file : files) {
            try {
                System.load(file.toString());
            } catch (UnsatisfiedLinkError failure) {
                throw unloadable(file, failure);
            }
        }
        return files;
    }

    /** Whether the class path or the module path has it. */
    public static boolean isPacked(String resource) {
        return PackedLibrary.find(resource) != null;
    }

    /**
     * Whether the classes of a package that not every program needs can be loaded.
     *
     * @param names of one class of each jar, with their packages
     */
    public static boolean haveClasses(List<String> names) {
        ClassLoader loader = NativeLibraries.class.getClassLoader();
        return names.stream().allMatch(name -> loader.getResource(name.replace('.', '/') + ".class") != null);
    }

    /**
     * Libraries that look for each other in their own folder, not loaded.
     *
     * @param resources with their paths on the class path
     * @throws LstmGpuException with exit code 1 if they cannot be unpacked, or another user could change them
     */
    public static List<Path> unpack(List<String> resources) {
        return unpack(resources, resources);
    }

    /**
     * Some of many libraries that look for each other in their own folder, not loaded.
     *
     * @param foundations which tell one set of all of them from another
     * @param resources with their paths on the class path
     * @throws LstmGpuException with exit code 1 if they cannot be unpacked, or another user could change them
     */
    public static synchronized List<Path> unpack(List<String> foundations, List<String> resources) {
        Path folder = CacheFolder.of(System.getenv()).resolve(FOLDER);
        try {
            folder = folder.resolve(PackedLibrary.folderName(packed(foundations)));
            CacheFolder.make(folder.getParent());
            CacheFolder.make(folder);
            List<Path> files = new ArrayList<>();
            for (PackedLibrary library : packed(resources)) {
                files.add(library.unpackInto(folder));
            }
            return files;
        } catch (IOException failure) {
            String name = resources.getFirst().substring(resources.getFirst().lastIndexOf('/') + 1);
            throw unusable(name, folder, IoErrors.reason(failure), ROOM, failure);
        }
    }

    private static List<PackedLibrary> packed(List<String> resources) throws IOException {
        List<PackedLibrary> libraries = new ArrayList<>();
        for (String resource : resources) {
            libraries.add(PackedLibrary.of(resource));
        }
        return libraries;
    }

    /** Behind the file's name, which the loader says first, stands what is wrong with it. */
    private static LstmGpuException unloadable(Path file, LinkageError failure) {
        String reason = String.valueOf(failure.getMessage())
                .lines()
                .filter(line -> line.contains(file + ": "))
                .findFirst()
                .map(line -> line.substring(
                        line.lastIndexOf(file + ": ") + file.toString().length() + 2))
                .orElseGet(() ->
                        String.valueOf(failure.getMessage()).lines().findFirst().orElse("unknown"));
        int absent = reason.indexOf(ABSENT);
        String remedy = absent > 0 ? "install " + reason.substring(0, absent) : ROOM;
        return unusable(file.getFileName().toString(), file.getParent(), reason, remedy, failure);
    }

    private static LstmGpuException unusable(
            String name, Path folder, String reason, String remedy, Throwable failure) {
        return new LstmGpuException(
                ExitCode.FAILED,
                "the native library %s cannot be loaded from %s: %s; %s".formatted(name, folder, reason, remedy),
                failure);
    }
}
