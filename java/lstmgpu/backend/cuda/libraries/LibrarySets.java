package lstmgpu.backend.cuda.libraries;

import java.util.Comparator;
import java.util.List;

/**
 * Chooses the CUDA whose libraries are taken, all of one major: what the user's own folder has comes first, then the
 * set that lacks least, then the one that was found first, then the older one, which needs no bridge. A jar on the
 * class path is only unpacked where no other set is complete.
 */
final class LibrarySets {
    private static final List<Integer> MAJORS = List.of(12, 13);

    private final int driverVersion;
    private final List<LibraryPlace> places;
    private final List<LibrarySet> sets;
    private final LibrarySet chosen;

    /** @param driverVersion the CUDA that the driver runs, as 1000·major + 10·minor, and 0 where that is unknown */
    LibrarySets(List<LibraryPlace> allPlaces, int driverVersion) {
        this.driverVersion = driverVersion;
        List<LibraryPlace> unpacked = allPlaces.stream()
                .filter(place -> !place.label().equals(LibraryPlaces.CLASS_PATH))
                .toList();
        List<LibrarySet> found = sets(unpacked);
        boolean isEnough =
                unpacked.size() == allPlaces.size() || best(found, unpacked).isComplete();
        this.places = isEnough ? unpacked : allPlaces;
        this.sets = isEnough ? found : sets(allPlaces);
        this.chosen = best(sets, places);
    }

    private static List<LibrarySet> sets(List<LibraryPlace> places) {
        return MAJORS.stream().map(major -> LibrarySet.of(major, places)).toList();
    }

    private LibrarySet best(List<LibrarySet> found, List<LibraryPlace> in) {
        return found.stream()
                .filter(set -> runs(set.major()))
                .max(Comparator.comparingLong(LibrarySets::named)
                        .thenComparingInt(LibrarySet::worth)
                        .thenComparing(Comparator.comparingInt((LibrarySet set) -> first(set, in))
                                .reversed())
                        .thenComparing(
                                Comparator.comparingInt(LibrarySet::major).reversed()))
                .orElse(new LibrarySet(MAJORS.getFirst(), null, null, null, null));
    }

    /** A CUDA that the driver does not run is left alone; none is where the driver's version is unknown. */
    private boolean runs(int major) {
        return driverVersion == 0 || major <= driverVersion / 1000;
    }

    /** How many lie in the user's own folder. */
    private static long named(LibrarySet set) {
        return set.files()
                .filter(file -> file.place().label().equals(LibraryPlaces.VARIABLE))
                .count();
    }

    private static int first(LibrarySet set, List<LibraryPlace> in) {
        return set.files().mapToInt(file -> in.indexOf(file.place())).min().orElse(Integer.MAX_VALUE);
    }

    LibrarySet chosen() {
        return chosen;
    }

    /** Names of the files that would do. */
    String wanted(String prefix) {
        List<String> names = MAJORS.stream()
                .filter(major -> chosen.isEmpty() ? runs(major) : major == chosen.major())
                .map(major -> prefix + major)
                .toList();
        return String.join(" or ", names);
    }

    /** Which set was taken, and why another was not. */
    String description() {
        StringBuilder text = new StringBuilder();
        text.append(
                chosen.isEmpty()
                        ? "none of CUDA 12 or 13 that can be used"
                        : "of CUDA %d: %s".formatted(chosen.major(), chosen.present()));
        sets.stream()
                .filter(set ->
                        set.major() != chosen.major() && set.files().findAny().isPresent())
                .forEach(set ->
                        text.append("; those of CUDA %d are left alone, since %s".formatted(set.major(), whyNot(set))));
        return text.toString();
    }

    private String whyNot(LibrarySet other) {
        if (!runs(other.major())) {
            return "the driver runs CUDA " + LibraryReport.version(driverVersion);
        }
        if (named(chosen) > named(other)) {
            return LibraryPlaces.VARIABLE + " has those of CUDA " + chosen.major();
        }
        if (chosen.worth() > other.worth()) {
            String missing = other.missing();
            return missing.isEmpty() ? "the bridge to cuBLAS 13 is not in this build" : "they lack " + missing;
        }
        return "those of CUDA %d were found first".formatted(chosen.major());
    }
}
