package lstmgpu.parallel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import lstmgpu.LstmGpuException;

/** Whether all processes are about to do the same. */
public final class Alike {
    private static final int MANTISSA_BITS = 52;

    private Alike() {}

    /**
     * Compares check sums with those of the first process; all peers call it.
     *
     * @param own what this process is about to do, by names that a person understands, in an order
     * @throws LstmGpuException with exit code 2 that names the first difference between this process and the first one
     */
    public static void check(Peers peers, Map<String, String> own) {
        if (peers.size() == 1) {
            return;
        }
        int count = own.size();
        if (peers.ofFirst(count) != count) {
            throw differs("another number of flags", "start all of them with the same command line");
        }
        own.forEach((name, value) -> {
            double sum = sum(name + "=" + value);
            if (peers.ofFirst(sum) != sum) {
                throw differs(
                        "another %s".formatted(name),
                        "here it is %s".formatted(value.isEmpty() ? "left out" : LstmGpuException.shortened(value)));
            }
        });
    }

    private static LstmGpuException differs(String what, String remedy) {
        return LstmGpuException.usage("this process has %s than the first one: %s", what, remedy);
    }

    /** As many bits of SHA-256 as a double has without a rounding. */
    private static double sum(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() >>> (Long.SIZE - MANTISSA_BITS);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
