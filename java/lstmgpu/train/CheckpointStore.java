package lstmgpu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.JsonFiles;
import lstmgpu.files.RegularFile;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.Safetensors;
import lstmgpu.store.WeightsOrigin;

/**
 * The checkpoints of a run, each a folder {@code step-XXXXXXXX}. It is written under a temporary name and renamed
 * when all of it is on disk, and renamed away before it is deleted, so that a folder of that name is always whole.
 */
final class CheckpointStore {
    private static final String TEMPORARY = ".incomplete-";
    private static final String STATE = "state.json";
    private static final String FILES = "files";
    private static final String NORMS = "norms";
    private static final String AVERAGING = "averaging";
    private static final String WEIGHTS = "model.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String CARRIED = "carried.safetensors";
    private static final String BEST = "best.safetensors";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private final Path folder;
    private final int keep;

    CheckpointStore(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a checkpoint and deletes those that are older than the newest so many.
     *
     * @param best the file of the best model so far, or null
     * @return its folder
     */
    Path write(Checkpoint checkpoint, Path best) {
        Path target = folder.resolve(
                String.format(Locale.ROOT, "step-%08d", checkpoint.state().step()));
        Path temporary = folder.resolve(TEMPORARY + target.getFileName());
        try {
            Files.createDirectories(folder);
            sweep();
            Files.createDirectory(temporary);
            writeFiles(temporary, checkpoint, best);
            if (Files.exists(target)) {
                discard(target);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.forceFolder(folder);
            List<Path> all = list();
            for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
                discard(old);
            }
            return target;
        } catch (IOException failure) {
            throw withoutRemains(temporary, IoErrors.unwritable(target, failure));
        } catch (LstmGpuException failure) {
            throw withoutRemains(temporary, failure);
        }
    }

    private static void writeFiles(Path target, Checkpoint checkpoint, Path best) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        sums.put(WEIGHTS, Safetensors.write(target.resolve(WEIGHTS), checkpoint.weights(), Map.of()));
        sums.put(OPTIMIZER, Safetensors.write(target.resolve(OPTIMIZER), checkpoint.optimizer(), Map.of()));
        sums.put(CARRIED, Safetensors.write(target.resolve(CARRIED), checkpoint.carried(), Map.of()));
        if (best != null) {
            link(best, target.resolve(BEST));
            sums.put(BEST, Safetensors.checksum(target.resolve(BEST)));
        }
        Checkpoint.State state = checkpoint.state().withFiles(sums);
        JsonFiles.writeSealed(target.resolve(STATE), JSON.valueToTree(state));
    }

    /** On a full disk, what was written in vain would take the room of something better. */
    private static LstmGpuException withoutRemains(Path temporary, LstmGpuException failure) {
        try {
            AtomicFiles.deleteTree(temporary);
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
        return failure;
    }

    /** A second name for the same file costs nothing, and files of models are replaced, never changed. */
    private static void link(Path file, Path name) throws IOException {
        try {
            if (!Files.isSymbolicLink(file)) {
                Files.createLink(name, file);
                return;
            }
        } catch (UnsupportedOperationException | IOException noLinks) {
            // It costs the room of a copy then.
        }
        AtomicFiles.write(name, out -> {
            try (InputStream in = RegularFile.stream(file, Long.MAX_VALUE)) {
                in.transferTo(out);
            }
        });
    }

    /** The folder of the newest checkpoint; null if there is none. */
    Path newest() {
        List<Path> all = all();
        return all.isEmpty() ? null : all.getLast();
    }

    int count() {
        return all().size();
    }

    /** Deletes the checkpoints of this step and of later ones. */
    void discardFrom(int step) {
        try {
            for (Path checkpoint : list()) {
                if (step(checkpoint) >= step) {
                    discard(checkpoint);
                }
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }

    private List<Path> all() {
        try {
            return list();
        } catch (IOException failure) {
            throw IoErrors.unreadable(folder, failure);
        }
    }

    /**
     * @param checkpoint a folder of this store
     * @throws LstmGpuException with exit code 3, naming the file, if it is damaged
     */
    static Checkpoint read(Path checkpoint) {
        return new Checkpoint(
                readState(checkpoint),
                Safetensors.readSealed(checkpoint.resolve(WEIGHTS)),
                Safetensors.readSealed(checkpoint.resolve(OPTIMIZER)),
                Safetensors.readSealed(checkpoint.resolve(CARRIED)));
    }

    /** A model and how good it was. */
    record Best(Map<String, Tensor> weights, WeightsOrigin origin) {}

    /** The best model up to a checkpoint; null if there was none. */
    static Best readBest(Path checkpoint, Checkpoint.State state) {
        Path file = checkpoint.resolve(BEST);
        if (!RegularFile.exists(file)) {
            return null;
        }
        WeightsOrigin origin = WeightsOrigin.of(file);
        // Those of earlier builds do not say, and the state knows.
        return new Best(
                Safetensors.readSealed(file),
                origin.isJudged()
                        ? origin
                        : new WeightsOrigin(
                                state.stopping().bestStep(), state.stopping().best()));
    }

    /** What a checkpoint knows beside its tensors; throws as {@link #read}. */
    static Checkpoint.State readState(Path checkpoint) {
        Path file = checkpoint.resolve(STATE);
        ObjectNode json = JsonFiles.readSealed(file);
        int version = json.path("formatVersion").asInt();
        if (version < Checkpoint.WITHOUT_SUMS || version > Checkpoint.FORMAT_VERSION) {
            throw LstmGpuException.data(
                    "%s has format version %d, and %d to %d are known here; go on with the lstm-gpu that wrote it",
                    file, version, Checkpoint.WITHOUT_SUMS, Checkpoint.FORMAT_VERSION);
        }
        if (version == Checkpoint.WITHOUT_SUMS) {
            json.putObject(FILES);
        }
        if (version <= Checkpoint.WITHOUT_NORMS) {
            json.set(NORMS, JSON.valueToTree(NormWatch.State.BEGINNING));
        }
        if (version <= Checkpoint.WITHOUT_AVERAGING) {
            json.set(AVERAGING, JSON.valueToTree(NonMonotone.State.BEGINNING));
        }
        try {
            Checkpoint.State state = StateRanges.checked(file, JSON.treeToValue(json, Checkpoint.State.class));
            if (version > Checkpoint.WITHOUT_SUMS) {
                checkFiles(checkpoint, state.files());
            }
            return state;
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: %s; delete that checkpoint to go on from an older one",
                    file, failure.getOriginalMessage());
        }
    }

    /** Files that are whole but come from another checkpoint would go unnoticed otherwise. */
    private static void checkFiles(Path checkpoint, Map<String, String> sums) {
        for (String name : List.of(WEIGHTS, OPTIMIZER, CARRIED, BEST)) {
            Path file = checkpoint.resolve(name);
            String sum = RegularFile.exists(file) ? Safetensors.checksum(file) : null;
            if (!Objects.equals(sum, sums.get(name))) {
                throw LstmGpuException.data(
                        "%s is %s; restore that checkpoint from a copy, or delete it to go on from an older one",
                        file, sum == null ? "missing" : "not the file that %s was written with".formatted(STATE));
            }
        }
    }

    /** Whole checkpoints, the oldest first. */
    private List<Path> list() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (ModelDirectory.isCheckpoint(entry)) {
                        found.add(entry);
                    }
                }
            }
        }
        found.sort(Comparator.comparingLong(CheckpointStore::step));
        return found;
    }

    static long step(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
    }

    private void discard(Path checkpoint) throws IOException {
        Path away = folder.resolve(TEMPORARY + "old-" + checkpoint.getFileName());
        AtomicFiles.deleteTree(away);
        Files.move(checkpoint, away, StandardCopyOption.ATOMIC_MOVE);
        AtomicFiles.deleteTree(away);
    }

    /** Removes what a process that died here has left. */
    void sweep() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, TEMPORARY + "*")) {
            for (Path entry : entries) {
                AtomicFiles.deleteTree(entry);
            }
        } catch (IOException | DirectoryIteratorException failure) {
            throw IoErrors.unwritable(
                    folder, failure instanceof IOException io ? io : (IOException) failure.getCause());
        }
    }
}
