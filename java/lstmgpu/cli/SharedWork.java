package lstmgpu.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import lstmgpu.LstmGpuException;
import lstmgpu.files.Checksum;
import lstmgpu.files.IoErrors;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Alike;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.mpi.Processes;

/** Processes that divide the work of a command among them, and do so only if all were given the same. */
final class SharedWork {
    private static final int PIECE = 1 << 20;

    private final Peers peers;
    private final Map<String, String> same = new LinkedHashMap<>();

    /** @param words of the command line */
    SharedWork(Processes processes, List<String> words) {
        this.peers = processes.dividing();
        same.put(
                "version of lstm-gpu",
                String.valueOf(SharedWork.class.getPackage().getImplementationVersion()));
        same.put("command line", String.join(" ", words));
    }

    /** @throws LstmGpuException with exit code 2 for standard input, which only one of several processes has */
    SharedWork given(List<Path> inputs) {
        if (peers.size() > 1 && inputs.stream().anyMatch(StandardInput::is)) {
            throw LstmGpuException.usage(
                    "standard input (-) reaches one of %d processes only; name a file", peers.size());
        }
        return this;
    }

    /** @param files that are there */
    SharedWork reads(List<Path> files) {
        if (peers.size() > 1) {
            files.forEach(file -> same.put("content of " + file, sum(file)));
        }
        return this;
    }

    SharedWork computes(Map<String, Tensor> weights) {
        if (peers.size() > 1) {
            CRC32C sum = new CRC32C();
            weights.forEach((_, tensor) -> {
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.values().length, Float.BYTES));
                bytes.asFloatBuffer().put(tensor.values());
                sum.update(bytes);
            });
            same.put("model", Checksum.text(sum));
        }
        return this;
    }

    /**
     * These processes; all call it.
     *
     * @throws LstmGpuException with exit code 2 that names what is different here
     */
    Peers alike() {
        peers.meet();
        Alike.check(peers, same);
        return peers;
    }

    private static String sum(Path file) {
        CRC32C sum = new CRC32C();
        byte[] piece = new byte[PIECE];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                sum.update(piece, 0, read);
            }
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
        return Checksum.text(sum);
    }
}
