package lstmgpu.backend.cuda.libraries;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place where the vendor's libraries may lie.
 *
 * @param label what led there, in a few words
 * @param lookup the file for a library's name
 */
public record LibraryPlace(String label, Lookup lookup) {
    /** Finds a file by the name that a loader would look for. */
    @FunctionalInterface
    interface Lookup {
        Optional<Path> find(String name);
    }

    public static LibraryPlace folder(String label, Path folder) {
        return new LibraryPlace(label, name -> {
            Path file = folder.resolve(name);
            return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        });
    }

    Optional<Path> find(String name) {
        return lookup.find(name);
    }
}
