package lstmgpu.backend.cuda.libraries;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A library's file, the name that it was found by, and the place that led to it. */
public record LibraryFile(LibraryPlace place, String name, Path path) {
    /** The first of such a name. */
    public static Optional<LibraryFile> first(List<LibraryPlace> places, String name) {
        for (LibraryPlace place : places) {
            Optional<Path> path = place.find(name);
            if (path.isPresent()) {
                return Optional.of(new LibraryFile(place, name, path.get()));
            }
        }
        return Optional.empty();
    }

    /** A file that comes with it, in the same folder as a rule. */
    Optional<Path> neighbour(String other) {
        Optional<Path> beside =
                LibraryPlace.folder("", path.toAbsolutePath().getParent()).find(other);
        return beside.isPresent() ? beside : place.find(other);
    }
}
