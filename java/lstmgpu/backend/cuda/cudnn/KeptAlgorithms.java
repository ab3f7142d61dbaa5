package lstmgpu.backend.cuda.cudnn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import lstmgpu.backend.kernels.KeptChoice;

/** What is kept of a layer: the algorithm that was found fastest, and those that once cost the GPU's context. */
final class KeptAlgorithms {
    private static final String LEFT_OUT = "not ";

    private final KeptChoice file;
    private final Set<CudnnAlgorithm> leftOut = EnumSet.noneOf(CudnnAlgorithm.class);
    private CudnnAlgorithm fastest;

    KeptAlgorithms(Path file) {
        this.file = new KeptChoice(file);
        for (String line : this.file.read().split("\n")) {
            if (line.startsWith(LEFT_OUT)) {
                CudnnAlgorithm algorithm = CudnnAlgorithm.of(line.substring(LEFT_OUT.length()));
                if (algorithm != null) {
                    leftOut.add(algorithm);
                }
            } else if (fastest == null) {
                fastest = CudnnAlgorithm.of(line);
            }
        }
    }

    /** Null where none was found yet. */
    CudnnAlgorithm fastest() {
        return fastest;
    }

    boolean isLeftOut(CudnnAlgorithm algorithm) {
        return leftOut.contains(algorithm);
    }

    void keep(CudnnAlgorithm algorithm) {
        fastest = algorithm;
        write();
    }

    void leaveOut(CudnnAlgorithm algorithm) {
        leftOut.add(algorithm);
        if (fastest == algorithm) {
            fastest = null;
        }
        write();
    }

    private void write() {
        List<String> lines = new ArrayList<>();
        if (fastest != null) {
            lines.add(fastest.toString());
        }
        leftOut.forEach(algorithm -> lines.add(LEFT_OUT + algorithm));
        file.keep(String.join("\n", lines));
    }
}
