package lstmgpu.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.network.NetworkConfig;

/** A place where a model is to be made, and what lies there already. */
record OutputFolder(Path path, Path weights, Path config, Path checkpoints) {
    /** What a write that was cut short has left begins so. */
    private static final String INCOMPLETE = ".incomplete-";

    static OutputFolder of(Path path) {
        return new OutputFolder(
                path, ModelFile.WEIGHTS.in(path), ModelFile.CONFIG.in(path), ModelFile.CHECKPOINTS.in(path));
    }

    /** Throws as {@link ModelDirectory#checkOutput}; each refusal names a way that is open. */
    void check(boolean overwrite) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw LstmGpuException.usage("%s is a file; name a folder for the model", path);
        }
        if (overwrite) {
            return;
        }
        List<Path> kept = kept();
        if (kept.stream().anyMatch(ModelDirectory::isCheckpoint)) {
            throw LstmGpuException.usage(
                    "%s has a model; use --resume to go on with it, --overwrite to replace it, or another directory",
                    path);
        }
        if (RegularFile.exists(weights)) {
            throw LstmGpuException.usage(
                    "%s has a model, and no checkpoint to go on from; use --overwrite to replace it, or another"
                            + " directory and --init-from %s to start from its weights",
                    path, ShellWord.of(path));
        }
        if (!kept.isEmpty()) {
            throw LstmGpuException.usage(
                    "%s holds something that is no checkpoint (%s); move it away, use --overwrite to delete it, or"
                            + " another directory",
                    checkpoints, kept.getFirst().getFileName());
        }
        if (isForeign()) {
            throw LstmGpuException.usage(
                    "%s is no configuration of lstm-gpu; choose another directory, or use --overwrite to replace it",
                    config);
        }
    }

    private List<Path> kept() {
        if (!Files.isDirectory(checkpoints)) {
            return RegularFile.exists(checkpoints) ? List.of(checkpoints) : List.of();
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith(INCOMPLETE))
                    .toList();
        } catch (IOException failure) {
            throw IoErrors.unreadable(checkpoints, failure);
        }
    }

    /** A run that stopped before its first weights leaves a configuration of its own, which may be replaced. */
    private boolean isForeign() {
        try {
            if (RegularFile.exists(config)) {
                NetworkConfig.read(config);
            }
            return false;
        } catch (LstmGpuException unknown) {
            return true;
        }
    }

    /** Deletes the model, its checkpoints and its history, and no other file. */
    void clear() {
        try {
            for (ModelFile file : ModelFile.FILES) {
                Files.deleteIfExists(file.in(path));
            }
            AtomicFiles.deleteTree(checkpoints);
            new EventFiles(ModelFile.EVENTS.in(path), false).clear();
            AtomicFiles.forceFolder(path);
        } catch (IOException failure) {
            throw IoErrors.unwritable(
                    failure instanceof FileSystemException detailed && detailed.getFile() != null
                            ? Path.of(detailed.getFile())
                            : path,
                    failure);
        }
    }
}
