package lstmgpu.backend.cuda;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptChoice;
import lstmgpu.backend.kernels.KernelSources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fastest of the splits that a model of their speed puts first, by trying them on the GPU. What was found is kept in a folder, for this
 * GPU, this shape and these kernels.
 */
final class SequenceTuner {
    private static final Logger LOG = LoggerFactory.getLogger(SequenceTuner.class);

    /** Splits of different grids that are tried of each way of exchange. */
    private static final int TRIED = 2;

    /** A later one must be so much faster, so that noise does not make two runs of a program choose differently. */
    private static final double MARGIN = 1.05;

    private final CudaDevice device;
    private final Path folder;
    private final Map<Path, SequenceKernel> known = new HashMap<>();

    /** @param folder need not be there; where it cannot be written each start tries again */
    SequenceTuner(CudaDevice device, Path folder) {
        this.device = device;
        this.folder = folder;
    }

    /**
     * @param splits the most promising first
     * @throws SequenceRefusal if none runs here
     */
    SequenceKernel fastest(List<SequenceSplit> splits, RnnSpec spec) {
        if (splits.isEmpty()) {
            throw new SequenceRefusal(
                    "%d units and %d lanes do not divide among %d multiprocessors so that they hold the recurrent weights"
                            .formatted(
                                    spec.shape().hiddenSize(),
                                    spec.batch(),
                                    device.context().multiprocessors()));
        }
        Path file = folder.resolve(key(splits.getFirst(), spec) + ".txt");
        SequenceKernel kernel = known.get(file);
        if (kernel == null) {
            kernel = choose(splits, spec, file);
            known.put(file, kernel);
        }
        return kernel;
    }

    private SequenceKernel choose(List<SequenceSplit> splits, RnnSpec spec, Path file) {
        KeptChoice choice = new KeptChoice(file);
        String kept = choice.read();
        for (SequenceSplit split : splits) {
            if (text(split).equals(kept)) {
                return device.sequenceKernel(split);
            }
        }
        List<SequenceKernel> kernels = load(splits, spec);
        try {
            SequenceKernel best = measure(kernels, spec);
            choice.keep(text(best.split()));
            return best;
        } catch (LstmGpuException shortage) {
            if (shortage.exitCode() != ExitCode.MEMORY) {
                throw shortage;
            }
            LOG.info(
                    "no memory to try whole-sequence kernels with, so the most promising is taken: {}",
                    shortage.getMessage());
            return mostPromising(kernels);
        }
    }

    /** The first splits of different grids, of each way of exchange, that have an image or can be compiled, and whose blocks run at once. */
    private List<SequenceKernel> load(List<SequenceSplit> splits, RnnSpec spec) {
        List<SequenceKernel> kernels = new ArrayList<>();
        Set<SequenceSplit> grids = new HashSet<>();
        Map<Exchange, Integer> found = new EnumMap<>(Exchange.class);
        String problem = "the GPU does not run so many blocks at once";
        for (SequenceSplit split : splits) {
            SequenceSplit grid = split.withTile(1, 0, 1);
            if (found.getOrDefault(split.exchange(), 0) == TRIED || grids.contains(grid)) {
                continue;
            }
            try {
                SequenceKernel kernel = device.sequenceKernel(split);
                if (kernel.runs(split.groups(spec.batch()))) {
                    kernels.add(kernel);
                    grids.add(grid);
                    found.merge(split.exchange(), 1, Integer::sum);
                }
            } catch (LstmGpuException absent) {
                if (absent.exitCode() != ExitCode.DEVICE) {
                    throw absent;
                }
                problem = absent.getMessage();
            }
        }
        if (kernels.isEmpty()) {
            throw new SequenceRefusal(problem);
        }
        return kernels;
    }

    /** Whether a GPU has room for a wide cluster shows only when it is launched, so untried there is none. */
    private static SequenceKernel mostPromising(List<SequenceKernel> kernels) {
        return kernels.stream()
                .filter(kernel -> !kernel.split().waiting().isWideCluster())
                .findFirst()
                .orElseThrow(() -> new SequenceRefusal("there is no memory to try its clusters with"));
    }

    private SequenceKernel measure(List<SequenceKernel> kernels, RnnSpec spec) {
        SequenceKernel best = null;
        double least = 0;
        SequenceRefusal problem = null;
        for (SequenceKernel kernel : kernels) {
            try (SequenceTrial trial = new SequenceTrial(device, spec, kernel)) {
                double time = trial.milliseconds();
                LOG.info("{}: {} ms", kernel.split(), time);
                if (best == null || time * MARGIN < least) {
                    best = kernel;
                    least = time;
                }
            } catch (SequenceRefusal refusal) {
                LOG.info("{}: {}", kernel.split(), refusal.getMessage());
                problem = refusal;
            }
        }
        if (best == null) {
            throw problem;
        }
        return best;
    }

    private String key(SequenceSplit split, RnnSpec spec) {
        String asked = "%s %s %s H%d B%d"
                .formatted(
                        device.info().name(),
                        device.info().detail(),
                        spec.shape().cell(),
                        spec.shape().hiddenSize(),
                        spec.batch());
        return ContentHash.of(
                asked.getBytes(StandardCharsets.UTF_8),
                KernelSources.of(split.file()).identity());
    }

    private static String text(SequenceSplit split) {
        return String.join(" ", split.constants());
    }
}
