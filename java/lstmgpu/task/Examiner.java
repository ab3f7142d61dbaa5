package lstmgpu.task;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Network;

/** Judges a model on inputs, which it opens in the way in which the model reads them. */
public interface Examiner {
    /**
     * How inputs are read.
     *
     * @param column that has the texts where inputs are records; null where the inputs say it themselves
     * @param lines whether the last line of every text gets a line end where it lacks one
     * @param cache the folder where something made of the inputs may be kept
     * @param notice hears what a person should know of them
     */
    record Reading(String column, boolean lines, Path cache, Consumer<String> notice) {}

    /**
     * Opens the inputs, of which there is at least one; all of them are regular files.
     *
     * @throws LstmGpuException with exit code 3 if there is too little in them or they cannot be read so
     */
    Evaluation open(Network network, List<Path> inputs, Reading reading);
}
