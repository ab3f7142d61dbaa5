package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Where the vendor's libraries are looked for, in order: what the user says, CUDA_HOME, the loader's path and the
 * system's folders, the wheels in Python's folders, toolkits in /usr/local, the libraries on the class path. Nothing is
 * started and nothing is loaded for it.
 *
 * <p>Wheels come before toolkits, because theirs is a set that fits together; so a toolkit that the loader's cache
 * names waits for its turn.
 */
final class LibraryPlaces {
    /** A folder that comes before all others. */
    static final String VARIABLE = "LSTM_GPU_CUDA";

    /** Folders of a CUDA installation that hold libraries. */
    private static final List<String> TOOLKIT = List.of("lib64", "lib", "targets/x86_64-linux/lib");

    /** Where distributions and containers put the driver's own libraries. */
    private static final List<String> SYSTEM = List.of(
            "usr/lib/x86_64-linux-gnu",
            "usr/lib64",
            "usr/lib",
            "usr/lib/wsl/lib",
            "usr/local/nvidia/lib64",
            "usr/local/nvidia/lib",
            "usr/lib64/nvidia",
            "run/opengl-driver/lib");

    /** The label of the last place, whose files have to be unpacked. */
    static final String CLASS_PATH = "the class path";

    private static final String TOOLKITS = "cuda*";

    private final Map<String, String> environment;
    private final Path root;

    /** @param root where the file system starts; other than / in tests */
    LibraryPlaces(Map<String, String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    /** For the driver's library, which comes with the driver and not with CUDA. */
    List<LibraryPlace> ofDriver() {
        List<LibraryPlace> places = new ArrayList<>();
        addExplicit(places);
        addLoader(places);
        return places;
    }

    /** For everything else. */
    List<LibraryPlace> ofToolkit() {
        List<LibraryPlace> places = new ArrayList<>();
        addExplicit(places);
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            addToolkit(places, variable, value(variable));
        }
        addLoader(places);
        for (Path packages : new PythonFolders(environment, root).sitePackages()) {
            for (Path library : matches(packages.resolve("nvidia"), "*")) {
                places.add(LibraryPlace.folder("a Python package", library.resolve("lib")));
            }
        }
        for (Path toolkit : matches(root.resolve("usr/local"), TOOLKITS)) {
            addToolkit(places, "", toolkit.toString());
        }
        places.add(new LibraryPlace(CLASS_PATH, new RedistributedLibraries()::find));
        return places;
    }

    private void addExplicit(List<LibraryPlace> places) {
        String folder = value(VARIABLE);
        if (!folder.isEmpty()) {
            places.add(LibraryPlace.folder(VARIABLE, Path.of(folder)));
        }
    }

    private void addToolkit(List<LibraryPlace> places, String variable, String folder) {
        if (!folder.isEmpty()) {
            String label = variable.isEmpty() ? folder : variable;
            TOOLKIT.forEach(name -> places.add(LibraryPlace.folder(label, Path.of(folder, name))));
        }
    }

    private void addLoader(List<LibraryPlace> places) {
        for (String folder : value("LD_LIBRARY_PATH").split(":")) {
            if (!folder.isEmpty()) {
                places.add(LibraryPlace.folder("LD_LIBRARY_PATH", Path.of(folder)));
            }
        }
        LoaderCache cache = LoaderCache.read(root.resolve("etc/ld.so.cache"));
        places.add(
                new LibraryPlace("the loader's path", name -> cache.find(name).filter(file -> !isInToolkit(file))));
        SYSTEM.forEach(folder -> places.add(LibraryPlace.folder("the system's folders", root.resolve(folder))));
    }

    private boolean isInToolkit(Path file) {
        Path local = root.resolve("usr/local");
        return file.startsWith(local)
                && file.getNameCount() > local.getNameCount()
                && file.getName(local.getNameCount()).toString().startsWith("cuda");
    }

    private String value(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    /**
     * Entries of a folder that match a pattern, the last by name (the newest version) first; none if there is no such
     * folder.
     */
    static List<Path> matches(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
                entries.forEach(found::add);
            } catch (IOException unreadable) {
                return List.of();
            }
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }
}
