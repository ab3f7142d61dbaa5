package lstmgpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.parallel.Peers;
import lstmgpu.tune.Search;
import lstmgpu.tune.SearchFile;
import lstmgpu.tune.SearchRecord;

/** The folder of a search, and what lies there already. */
record SearchFolder(Path path) {
    /**
     * The search that is there, or null; the folder is made if it is missing.
     *
     * @throws LstmGpuException with exit code 2 for a folder of something else, 3 if there is nothing to resume or it
     *     is damaged
     */
    SearchRecord earlier(boolean resume, boolean overwrite) {
        requireFolder();
        if (SearchFile.isIn(path) || resume) {
            if (!overwrite) {
                return SearchFile.read(path);
            }
            delete();
        } else if (Files.exists(path.resolve("config.json")) || Files.exists(Search.runs(path))) {
            throw LstmGpuException.usage("%s has models but no search; name another folder", path);
        }
        make();
        return null;
    }

    /**
     * The search that the first process has found here, or null; all call it, and those that do not see the same folder
     * are told.
     *
     * @param earlier what the first process has found, after it has deleted what it was told to
     * @throws LstmGpuException with exit code 2 if another folder is here
     */
    SearchRecord asFirst(SearchRecord earlier, Peers peers) {
        Path sign = path.resolve(".seen-by-all");
        if (peers.rank() == 0) {
            AtomicFiles.writeText(sign, "");
        }
        peers.meet();
        boolean unlike = !Files.exists(sign);
        peers.meet();
        if (peers.rank() == 0) {
            delete(sign);
        }
        if (unlike) {
            throw LstmGpuException.usage(
                    "%s is not the folder that the first process has under this name; put it on a disk that all"
                            + " processes see",
                    path);
        }
        boolean found = peers.ofFirst(earlier == null ? 0 : 1) > 0;
        return peers.rank() == 0 || !found ? earlier : SearchFile.read(path);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw IoErrors.unwritable(file, failure);
        }
    }

    private void requireFolder() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw LstmGpuException.usage("%s is a file; name a folder for the search", path);
        }
    }

    /** @throws LstmGpuException with exit code 2 if one of the files is there and not to be overwritten */
    void requireNew(List<Path> files, boolean overwrite) {
        files.stream().filter(Files::exists).findFirst().filter(_ -> !overwrite).ifPresent(file -> {
            throw LstmGpuException.usage("%s is there already; add --overwrite or name another folder", file);
        });
    }

    /** Makes the folder if it is missing. */
    void make() {
        requireFolder();
        try {
            Files.createDirectories(path);
        } catch (IOException failure) {
            throw IoErrors.unwritable(path, failure);
        }
    }

    private void delete() {
        try {
            AtomicFiles.deleteTree(Search.runs(path));
            Files.deleteIfExists(path.resolve(SearchFile.NAME));
        } catch (IOException failure) {
            throw IoErrors.unwritable(path, failure);
        }
    }

    /**
     * A search that goes on.
     *
     * @param same whether it goes on as it was, without being told how
     * @param runs of which there are to be more; null for as many as before
     */
    SearchRecord goingOn(SearchRecord earlier, SearchRecord asked, boolean same, Integer runs) {
        boolean equal = earlier.command().equals(asked.command())
                && earlier.space().equals(asked.space())
                && earlier.seed() == asked.seed()
                && earlier.eta() == asked.eta();
        if (!equal && !same) {
            throw LstmGpuException.usage(
                    "%s has another search; go on with it by lstm-gpu tune -o %s --resume, name another folder, or"
                            + " --overwrite",
                    path, ShellWord.of(path));
        }
        return runs == null ? earlier : earlier.withRuns(runs);
    }
}
