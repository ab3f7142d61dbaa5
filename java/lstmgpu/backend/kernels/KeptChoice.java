package lstmgpu.backend.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found fastest on a device, in a file, so that later processes choose the same and need not try.
 *
 * @param file need not be there, nor its folder; where it cannot be written each process tries again
 */
public record KeptChoice(Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(KeptChoice.class);

    /**
     * An empty text where nothing was kept, or another user could have changed it: a choice decides the bits of a run.
     */
    public String read() {
        if (!CacheFolder.isOwn(file)) {
            return "";
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return "";
        }
    }

    public void keep(String text) {
        try {
            CacheFolder.make(file.getParent());
            AtomicFiles.writeText(file, text + "\n");
        } catch (LstmGpuException unwritable) {
            LOG.info("{} cannot be written: {}", file, unwritable.getMessage());
        }
    }
}
