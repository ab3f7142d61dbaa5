package lstmgpu.train;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.parallel.Alike;
import lstmgpu.parallel.Peers;

/** Whether all processes are about to train the same network in the same way. */
final class SameRun {
    private SameRun() {}

    /**
     * Compares with the first process; all peers call it.
     *
     * @throws LstmGpuException with exit code 2 that names the first difference between this process and the first one
     */
    static void check(Peers peers, Backend backend, RunIdentity identity, TrainingSettings settings) {
        if (peers.size() > 1) {
            Alike.check(peers, described(backend, identity, settings));
        }
    }

    private static Map<String, String> described(Backend backend, RunIdentity identity, TrainingSettings settings) {
        Map<String, String> own = new LinkedHashMap<>();
        own.put("version of lstm-gpu", String.valueOf(SameRun.class.getPackage().getImplementationVersion()));
        own.put("kind of device", backend.device().backend());
        own.putAll(identity.settings());
        own.put("command line", String.join(" ", settings.run().arguments()));
        return own;
    }
}
