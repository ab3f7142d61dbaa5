package lstmgpu.backend.cuda.sequence;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CooperativeKernel;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptChoice;
import lstmgpu.backend.kernels.KernelSources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fastest of the splits that a model of their speed puts first, by trying them on the GPU. What was found is kept
 * in a folder, for this GPU, this shape and these kernels.
 */
final class SequenceTuner {
    private static final Logger LOG = LoggerFactory.getLogger(SequenceTuner.class);

    /** Splits of different grids that are tried of each way of exchange. */
    static final int TRIED = 2;

    /** Grids that may be refused, of each way of exchange, until no more are asked for. */
    private static final int REFUSED = 4;

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
     * @throws CooperativeRefusal if none runs here
     */
    SequenceKernel fastest(List<SequenceSplit> splits, RnnSpec spec) {
        if (splits.isEmpty()) {
            throw new CooperativeRefusal(
                    "%d units and %d sequences do not divide among %d multiprocessors so that they hold the recurrent weights"
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
                SequenceKernel kernel = stillRunning(split, spec);
                if (kernel != null) {
                    return kernel;
                }
            }
        }
        try {
            SequenceKernel best = fastestTried(splits, spec);
            choice.keep(text(best.split()));
            return best;
        } catch (LstmGpuException shortage) {
            if (shortage.exitCode() != ExitCode.MEMORY) {
                throw shortage;
            }
            LOG.info(
                    "no memory to try whole-sequence kernels with, so the most promising is taken: {}",
                    shortage.getMessage());
            return mostPromising(splits, spec);
        }
    }

    /**
     * What was once the fastest, or null where it does not run any more: its image may be gone, and GPUs of one name
     * may differ in how many clusters they have room for.
     */
    private SequenceKernel stillRunning(SequenceSplit split, RnnSpec spec) {
        SequenceKernel kernel = null;
        try {
            kernel = load(split, spec);
            try (SequenceTrial trial = new SequenceTrial(device, spec, kernel)) {
                trial.pass();
                device.synchronize();
            }
        } catch (CooperativeRefusal refusal) {
            LOG.info("{}: {}", split, refusal.getMessage());
            return null;
        } catch (LstmGpuException shortage) {
            if (shortage.exitCode() != ExitCode.MEMORY) {
                throw shortage;
            }
            // It ran once; if the plan finds no memory either, that is what has to be said.
        }
        return kernel;
    }

    /**
     * The fastest of the first grids of each way of exchange that have an image or can be compiled, and that the GPU
     * runs.
     */
    private SequenceKernel fastestTried(List<SequenceSplit> splits, RnnSpec spec) {
        Map<Exchange, Integer> timed = new EnumMap<>(Exchange.class);
        Map<Exchange, Integer> refused = new EnumMap<>(Exchange.class);
        Set<SequenceSplit> grids = new HashSet<>();
        SequenceKernel best = null;
        double least = 0;
        CooperativeRefusal problem = new CooperativeRefusal("the GPU does not run so many blocks at once");
        for (SequenceSplit split : splits) {
            Exchange way = split.exchange();
            boolean isEnough = timed.getOrDefault(way, 0) == TRIED || refused.getOrDefault(way, 0) == REFUSED;
            if (isEnough || grids.contains(split.withTile(1, 0, 1))) {
                continue;
            }
            try {
                SequenceKernel kernel = load(split, spec);
                grids.add(split.withTile(1, 0, 1));
                double time = milliseconds(kernel, spec);
                timed.merge(way, 1, Integer::sum);
                if (best == null || time * MARGIN < least) {
                    best = kernel;
                    least = time;
                }
            } catch (CooperativeRefusal refusal) {
                problem = refusal;
                refused.merge(way, grids.contains(split.withTile(1, 0, 1)) ? 1 : 0, Integer::sum);
            }
        }
        if (best == null) {
            throw problem;
        }
        return best;
    }

    private double milliseconds(SequenceKernel kernel, RnnSpec spec) {
        try (SequenceTrial trial = new SequenceTrial(device, spec, kernel)) {
            double time = trial.milliseconds();
            LOG.info("{}: {} ms", kernel.split(), time);
            return time;
        }
    }

    /**
     * @throws CooperativeRefusal if there is neither an image of it nor a compiler, or the GPU does not run so many
     *     blocks at once
     */
    private SequenceKernel load(SequenceSplit split, RnnSpec spec) {
        try {
            SequenceKernel kernel = new SequenceKernel(device, split);
            if (!kernel.runs(split.groups(spec.batch()))) {
                throw new CooperativeRefusal("the GPU does not run so many blocks at once");
            }
            return kernel;
        } catch (LstmGpuException absent) {
            if (absent.exitCode() != ExitCode.DEVICE) {
                throw absent;
            }
            throw new CooperativeRefusal(absent.getMessage());
        }
    }

    /**
     * Whether a GPU has room for wide clusters, or for many at once, shows only when they are launched, so untried
     * there are none.
     */
    private SequenceKernel mostPromising(List<SequenceSplit> splits, RnnSpec spec) {
        for (SequenceSplit split : splits) {
            CooperativeKernel.Waiting waiting = split.waiting();
            if (waiting.isWideCluster() || waiting.isCluster() && waiting.all()) {
                continue;
            }
            try {
                return load(split, spec);
            } catch (CooperativeRefusal absent) {
                LOG.info("{}: {}", split, absent.getMessage());
            }
        }
        throw new CooperativeRefusal("there is no memory to try its clusters with");
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
