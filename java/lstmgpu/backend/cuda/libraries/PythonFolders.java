package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where Python keeps its packages; found without starting it, which would take longer than the whole program's start.
 */
final class PythonFolders {
    private final Map<String, String> environment;
    private final Path root;

    PythonFolders(Map<String, String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    /**
     * The folders named site-packages or dist-packages: of the environment in use, of the python3 on the PATH, the
     * usual ones.
     */
    List<Path> sitePackages() {
        Set<Path> prefixes = new LinkedHashSet<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            if (environment.containsKey(variable)) {
                prefixes.add(Path.of(environment.get(variable)));
            }
        }
        addInterpreters(prefixes);
        if (environment.containsKey("HOME")) {
            Path home = Path.of(environment.get("HOME"));
            prefixes.add(home.resolve(".local"));
            // pyenv puts a script on the PATH that says nothing about the folder.
            prefixes.addAll(LibraryPlaces.matches(home.resolve(".pyenv/versions"), "*"));
        }
        prefixes.add(root.resolve("usr/local"));
        prefixes.add(root.resolve("usr"));
        prefixes.add(root.resolve("opt/conda"));
        return packagesUnder(prefixes);
    }

    /** A python3 on the PATH and, where it is a link, what it leads to: PREFIX/bin/python3. */
    private void addInterpreters(Set<Path> prefixes) {
        for (String folder : environment.getOrDefault("PATH", "").split(":")) {
            Path interpreter = Path.of(folder, "python3").toAbsolutePath();
            if (!folder.isEmpty() && Files.isExecutable(interpreter)) {
                prefixes.add(interpreter.resolve("../..").normalize());
                prefixes.add(real(interpreter).resolve("../..").normalize());
            }
        }
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException gone) {
            return file;
        }
    }

    private static List<Path> packagesUnder(Set<Path> prefixes) {
        List<Path> folders = new ArrayList<>();
        for (Path prefix : prefixes) {
            for (Path python : LibraryPlaces.matches(prefix.resolve("lib"), "python3*")) {
                for (String name : List.of("site-packages", "dist-packages")) {
                    if (Files.isDirectory(python.resolve(name))) {
                        folders.add(python.resolve(name));
                    }
                }
            }
        }
        return folders;
    }
}
