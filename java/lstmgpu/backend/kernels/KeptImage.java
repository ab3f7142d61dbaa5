package lstmgpu.backend.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compiled kernel in the cache, behind its SHA-256: a driver that is given something else than what a compiler made
 * may do anything.
 *
 * @param file need not be there, nor its folder; where it cannot be written each process compiles again
 */
public record KeptImage(Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(KeptImage.class);
    private static final int SUM_BYTES = 32;

    /** Null if it is not there or not as it was kept, or if another user could have made it so that it looks right. */
    public byte[] read() {
        if (!CacheFolder.isOwn(file)) {
            return null;
        }
        try {
            byte[] kept = Files.readAllBytes(file);
            if (kept.length > SUM_BYTES) {
                byte[] image = Arrays.copyOfRange(kept, SUM_BYTES, kept.length);
                return MessageDigest.isEqual(Arrays.copyOf(kept, SUM_BYTES), sum(image)) ? image : null;
            }
        } catch (IOException absent) {
            return null;
        }
        return null;
    }

    public void keep(byte[] image) {
        try {
            CacheFolder.make(file.getParent());
            AtomicFiles.write(file, out -> {
                out.write(sum(image));
                out.write(image);
            });
        } catch (LstmGpuException unwritable) {
            LOG.info("{} cannot be written: {}", file, unwritable.getMessage());
        }
    }

    private static byte[] sum(byte[] image) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(image);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
