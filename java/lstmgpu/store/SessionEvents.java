package lstmgpu.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;

/**
 * What TensorBoard's page HParams reads of a run of a search: a session with its settings, and the losses that it
 * reached. Each file is written whole and once.
 */
public final class SessionEvents {
    private SessionEvents() {}

    /**
     * @param loss on what is held out
     */
    public record Reached(long step, double loss) {}

    /**
     * Adds a file to those of a session.
     *
     * @param folder of the session, which is made if it is missing
     * @param number of the file; those of one session are read in this order
     * @param settings values by names
     * @param reached what is new
     * @param sound whether the run was not given up
     */
    public static void write(
            Path folder, int number, Map<String, String> settings, List<Reached> reached, boolean sound) {
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        events.writeBytes(EventFiles.record(TensorBoardEvents.version()));
        events.writeBytes(EventFiles.record(TensorBoardEvents.sessionStart(settings)));
        reached.forEach(
                each -> events.writeBytes(EventFiles.record(TensorBoardEvents.heldOutLoss(each.step(), each.loss()))));
        events.writeBytes(EventFiles.record(TensorBoardEvents.sessionEnd(sound)));
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
        AtomicFiles.write(folder.resolve(EventFiles.NAME.formatted(number)), events::writeTo);
    }
}
