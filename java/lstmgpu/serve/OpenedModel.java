package lstmgpu.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import lstmgpu.files.IoErrors;
import lstmgpu.store.ModelDirectory;

/** One state of a model's files, opened on a device. */
interface OpenedModel extends AutoCloseable {
    /** What it has learnt, as config.json says. */
    String task();

    /** What it does and where that is asked for, for a client who took another route. */
    String use();

    /** A word for these weights, which another state of the files does not have. */
    String fingerprint();

    /** When its weights were written. */
    Instant created();

    /** Whether its device has failed, so that only opening it anew can help. */
    boolean isBroken();

    /** Called when nobody uses it any more. */
    @Override
    void close();

    /** {@link #fingerprint} as OpenAI's interface has it. */
    default String mark() {
        return "fp_" + fingerprint().substring(0, 10);
    }

    /** When the weights of a directory were written. */
    static Instant created(ModelDirectory directory) {
        try {
            return Files.getLastModifiedTime(directory.weightsFile()).toInstant();
        } catch (IOException failure) {
            throw IoErrors.unreadable(directory.weightsFile(), failure);
        }
    }
}
