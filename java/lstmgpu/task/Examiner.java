package lstmgpu.task;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Network;
import lstmgpu.parallel.Peers;

/** Judges a model on inputs, which it opens in the way in which the model reads them. */
@FunctionalInterface
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
     * @param peers who divide the work, with the same network and the same inputs; all of them come to the same result,
     *     which is that of one, and all call what they are given
     * @throws LstmGpuException with exit code 3 if there is too little in them or they cannot be read so
     */
    Evaluation open(Network network, List<Path> inputs, Reading reading, Peers peers);

    /** The same by this process alone. */
    default Evaluation open(Network network, List<Path> inputs, Reading reading) {
        return open(network, inputs, reading, Peers.ALONE);
    }
}
