package lstmgpu.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.ChoiceName;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.network.NetworkConfig;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;

/**
 * The run as a whole.
 *
 * @param output the folder of the model
 * @param resume whether to go on where the run in that folder stopped
 * @param initFrom the model to begin with, or null
 * @param overwrite whether a model in that folder is replaced
 * @param rnn who computes the recurrent stack
 * @param precision of products; null where nothing is said
 * @param seed null where nothing is said
 */
public record RunChoice(
        Path output,
        boolean resume,
        Path initFrom,
        boolean overwrite,
        RnnImplementation rnn,
        Precision precision,
        Long seed) {
    /**
     * Called before any input is read: refuses what contradicts itself, and an output that has a model.
     *
     * @throws LstmGpuException with exit code 2
     */
    public void check(String device) {
        if (resume && overwrite) {
            throw LstmGpuException.usage("--resume goes on with the model and --overwrite replaces it; choose one");
        }
        if (resume && initFrom != null) {
            throw LstmGpuException.usage(
                    "--resume takes its weights from the checkpoint, so --init-from must be left" + " out");
        }
        String kind = device.split(":", 2)[0];
        if (!kind.equals("auto")) {
            rnn.requireOn(kind);
            if (precision != null) {
                precision.requireOn(kind);
            }
        }
    }

    /** Called before any input is read: refuses an output that has a model, unless that is what is asked for. */
    public void checkOutput() {
        if (!resume) {
            ModelDirectory.checkOutput(output, overwrite);
        }
    }

    /** The same run, going on. */
    public RunChoice resumed() {
        return new RunChoice(output, true, null, false, rnn, precision, seed);
    }

    /** The backend, if it can do what is asked for; otherwise {@link #requireFit} throws and it is closed. */
    public Backend fitting(Backend backend) {
        try {
            requireFit(backend);
            return backend;
        } catch (LstmGpuException unfit) {
            backend.close();
            throw unfit;
        }
    }

    /**
     * Whether a device that was chosen for want of a name can do what is asked for.
     *
     * @throws LstmGpuException with exit code 4 if it cannot
     */
    public void requireFit(Backend backend) {
        String device = backend.device().backend();
        boolean isPrecise = precision == null || precision.isOn(device);
        if (isPrecise && rnn.isOn(device)) {
            if (precision != null) {
                backend.require(precision);
            }
            return;
        }
        String flag = isPrecise
                ? "--rnn %s needs %s".formatted(ChoiceName.of(rnn), rnn.owners().replace(" and ", " or "))
                : "--precision %s needs %s"
                        .formatted(ChoiceName.of(precision), precision.owners().replace(" and ", " or "));
        throw new LstmGpuException(
                ExitCode.DEVICE,
                "%s and --device auto found only %s; see lstm-gpu doctor, or leave the flag out"
                        .formatted(flag, device));
    }

    /**
     * The model whose network the run takes over: that which it resumes or begins from; null for a new network.
     *
     * @throws LstmGpuException with exit code 2 if it is to begin from its own output
     */
    public ModelDirectory earlier() {
        if (resume) {
            return ModelDirectory.open(output);
        }
        if (initFrom == null) {
            return null;
        }
        ModelDirectory earlier = ModelDirectory.open(initFrom);
        if (isSameFolder(initFrom, output)) {
            throw LstmGpuException.usage(
                    "--init-from and --output are the same folder; choose another output, or" + " --resume to go on");
        }
        return earlier;
    }

    /** What the earlier model is called in messages. */
    String owner() {
        return Objects.requireNonNullElse(initFrom, output).toString();
    }

    private static boolean isSameFolder(Path first, Path second) {
        try {
            return Files.exists(second) && Files.isSameFile(first, second);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /**
     * The folder of a run of several processes, which the first of them makes as {@link #directory(NetworkConfig,
     * Task)} does and the others follow; all call it.
     */
    public ModelDirectory directory(NetworkConfig config, Task task, Peers peers) {
        peers.meet(); // Whoever has found something wrong does not come.
        ModelDirectory own = peers.rank() == 0 ? directory(config, task) : null;
        peers.meet();
        return own == null ? ModelDirectory.follow(output) : own;
    }

    /** The folder of the run, locked. Called last: from here on an old model is gone. */
    public ModelDirectory directory(NetworkConfig config, Task task) {
        if (resume) {
            ModelDirectory directory = ModelDirectory.open(output);
            if (!directory.task().equals(task.name()) || !directory.config().hasPartsOf(config)) {
                throw LstmGpuException.data(
                        "config.json of %s is no longer that of the run: it says '%s' and %s, where the run learns"
                                + " '%s' with %s; put it back, or begin anew with --overwrite",
                        output, directory.task(), directory.config().line(), task.name(), config.line());
            }
            directory.lock();
            return directory;
        }
        ModelDirectory directory = ModelDirectory.create(output, overwrite);
        task.save(directory, config);
        return directory;
    }
}
