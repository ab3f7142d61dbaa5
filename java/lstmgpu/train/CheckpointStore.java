package lstmgpu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.StepClock;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.JsonFiles;
import lstmgpu.model.Safetensors;
import lstmgpu.model.Tensor;

/**
 * The checkpoints of a run, each a folder {@code step-XXXXXXXX}. It is written under a temporary name and renamed
 * when all of it is on disk, and renamed away before it is deleted, so that a folder of that name is always whole.
 */
final class CheckpointStore {
    private static final Pattern NAME = Pattern.compile("step-\\d{8,10}");

    /** The clock is set some steps ahead, which must not overflow. */
    private static final int MOST_STEPS = TrainingSettings.UNLIMITED - StepClock.RATES;

    private static final String TEMPORARY = ".incomplete-";
    private static final String STATE = "state.json";
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
        Path target = folder.resolve("step-%08d".formatted(checkpoint.state().step()));
        Path temporary = folder.resolve(TEMPORARY + target.getFileName());
        try {
            Files.createDirectories(folder);
            sweep();
            Files.createDirectory(temporary);
            Safetensors.write(temporary.resolve(WEIGHTS), checkpoint.weights(), Map.of());
            Safetensors.write(temporary.resolve(OPTIMIZER), checkpoint.optimizer(), Map.of());
            Safetensors.write(temporary.resolve(CARRIED), checkpoint.carried(), Map.of());
            if (best != null) {
                link(best, temporary.resolve(BEST));
            }
            JsonFiles.writeSealed(temporary.resolve(STATE), JSON.valueToTree(checkpoint.state()));
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
            Files.createLink(name, file);
        } catch (UnsupportedOperationException | IOException noLinks) {
            AtomicFiles.write(name, out -> Files.copy(file, out));
        }
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

    /** The best model up to a checkpoint; null if there was none. */
    static Map<String, Tensor> readBest(Path checkpoint) {
        Path file = checkpoint.resolve(BEST);
        return Files.exists(file) ? Safetensors.readSealed(file) : null;
    }

    /** What a checkpoint knows beside its tensors; throws as {@link #read}. */
    static Checkpoint.State readState(Path checkpoint) {
        Path file = checkpoint.resolve(STATE);
        ObjectNode json = JsonFiles.readSealed(file);
        int version = json.path("formatVersion").asInt();
        if (version != Checkpoint.FORMAT_VERSION) {
            throw LstmGpuException.data(
                    "%s has format version %d, and only %d is known here; go on with the lstm-gpu that wrote it",
                    file, version, Checkpoint.FORMAT_VERSION);
        }
        try {
            return checked(file, JSON.treeToValue(json, Checkpoint.State.class));
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: %s; delete that checkpoint to go on from an older one",
                    file, failure.getOriginalMessage());
        }
    }

    /** The numbers that others count on from: each in its range, or the field is named. */
    private static Checkpoint.State checked(Path file, Checkpoint.State state) {
        int steps = state.step();
        long named = step(file.toAbsolutePath().getParent());
        if (steps < 0 || steps > MOST_STEPS || steps != named) {
            throw wrong(file, "step", steps, "the %d of its folder's name, at most %d".formatted(named, MOST_STEPS));
        }
        if (!(state.seconds() >= 0 && Double.isFinite(state.seconds()))) {
            throw wrong(file, "seconds", state.seconds(), "0 or more");
        }
        inSteps(file, "schedule.decays", state.schedule().decays(), steps);
        inSteps(file, "schedule.waiting", state.schedule().waiting(), steps);
        inSteps(file, "stopping.bestStep", state.stopping().bestStep(), steps);
        inSteps(file, "stopping.waiting", state.stopping().waiting(), steps);
        atMost(file, "schedule.halvings", state.schedule().halvings(), TrainingLoop.MOST_HALVINGS);
        atMost(file, "metricsRows", state.metricsRows(), Integer.MAX_VALUE);
        atMost(file, "samplesBytes", state.samplesBytes(), Long.MAX_VALUE);
        inSteps(file, "losses.rowCount", state.losses().rowCount(), steps);
        inSteps(file, "losses.evaluationCount", state.losses().evaluationCount(), steps);
        return state;
    }

    /** Nothing that is counted once a step at most can be more than the steps. */
    private static void inSteps(Path file, String field, int value, int steps) {
        if (value < 0 || value > steps) {
            throw wrong(file, field, value, "from 0 to its step, %d".formatted(steps));
        }
    }

    private static void atMost(Path file, String field, long value, long most) {
        if (value < 0 || value > most) {
            throw wrong(file, field, value, most < Integer.MAX_VALUE ? "from 0 to " + most : "0 or more");
        }
    }

    private static LstmGpuException wrong(Path file, String field, Number value, String right) {
        return LstmGpuException.data(
                "%s is damaged: the field %s is %s and must be %s; delete that checkpoint to go on from an older one",
                file, field, value, right);
    }

    /** Whole checkpoints, the oldest first. */
    private List<Path> list() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (NAME.matcher(entry.getFileName().toString()).matches()) {
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
