package lstmgpu.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.parallel.Peers;

/** Whether all processes are about to train the same network in the same way. */
final class SameRun {
    private static final int MANTISSA_BITS = 52;

    private SameRun() {}

    /**
     * Compares check sums with those of the first process; all peers call it.
     *
     * @throws LstmGpuException with exit code 2 that names the first difference between this process and the first one
     */
    static void check(Peers peers, Backend backend, RunIdentity identity, TrainingSettings settings) {
        if (peers.size() == 1) {
            return;
        }
        Map<String, String> own = described(backend, identity, settings);
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

    private static Map<String, String> described(Backend backend, RunIdentity identity, TrainingSettings settings) {
        Map<String, String> own = new LinkedHashMap<>();
        own.put("version of lstm-gpu", String.valueOf(SameRun.class.getPackage().getImplementationVersion()));
        own.put("kind of device", backend.device().backend());
        own.putAll(identity.settings());
        own.put("command line", String.join(" ", settings.run().arguments()));
        return own;
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
