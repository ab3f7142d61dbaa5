package lstmgpu.backend.cuda;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptChoice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which algorithm cuDNN is fastest with, by trying: each that it accepts runs forward and backward a few times on memory of its own. An
 * earlier one of {@link CudnnAlgorithm} stays unless a later one is faster by {@link #MARGIN}, so that noise does not make two runs of a
 * program choose differently. What was found for a layer is kept for this GPU and this cuDNN.
 */
final class CudnnAlgorithms {
    /** Algorithms differ by a factor of two where they differ at all. */
    static final double MARGIN = 1.15;

    private static final Logger LOG = LoggerFactory.getLogger(CudnnAlgorithms.class);
    private static final int RUNS = 5;

    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final Path folder;
    private final Map<CudnnLayerSpec, CudnnAlgorithm> known = new HashMap<>();

    /** @param folder of kept choices */
    CudnnAlgorithms(CudaDevice device, CudnnHandle cudnn, Path folder) {
        this.device = device;
        this.cudnn = cudnn;
        this.folder = folder;
    }

    /** @throws CudnnRefusal if cuDNN accepts none for such a layer */
    CudnnAlgorithm fastest(CudnnLayerSpec spec) {
        CudnnAlgorithm found = known.get(spec);
        if (found == null) {
            found = choose(spec);
            known.put(spec, found);
        }
        return found;
    }

    private CudnnAlgorithm choose(CudnnLayerSpec spec) {
        String asked = String.join(
                "\n", device.info().name(), device.info().detail(), CudnnHandle.description(), spec.toString());
        String key = ContentHash.of(asked.getBytes(StandardCharsets.UTF_8));
        KeptChoice choice = new KeptChoice(folder.resolve(key + ".txt"));
        CudnnAlgorithm kept = CudnnAlgorithm.of(choice.read());
        if (kept != null && runs(spec, kept)) {
            LOG.info("cuDNN computes a layer by {}, as it was found before; {}", kept, spec);
            return kept;
        }
        CudnnAlgorithm best = measure(spec);
        choice.keep(best.toString());
        return best;
    }

    /** The pass also loads what cuDNN loads on first use, which a capture would not allow. */
    private boolean runs(CudnnLayerSpec spec, CudnnAlgorithm algorithm) {
        try (Trial trial = new Trial(spec, algorithm)) {
            trial.pass();
            device.synchronize();
            return true;
        } catch (CudnnRefusal refusal) {
            LOG.info("cuDNN no longer takes {} for {}: {}", algorithm, spec, refusal.getMessage());
            return false;
        }
    }

    private CudnnAlgorithm measure(CudnnLayerSpec spec) {
        Map<CudnnAlgorithm, Double> times = new EnumMap<>(CudnnAlgorithm.class);
        List<String> report = new ArrayList<>();
        for (CudnnAlgorithm algorithm : CudnnAlgorithm.values()) {
            try (Trial trial = new Trial(spec, algorithm)) {
                double time = trial.milliseconds();
                times.put(algorithm, time);
                report.add(String.format(Locale.ROOT, "%s %.3f ms", algorithm, time));
            } catch (CudnnRefusal refusal) {
                report.add("%s refused (%s)".formatted(algorithm, refusal.getMessage()));
            }
        }
        String text = "%s: %s".formatted(spec, String.join(", ", report));
        if (times.isEmpty()) {
            throw new CudnnRefusal(text);
        }
        CudnnAlgorithm best = choose(times);
        LOG.info("cuDNN computes a layer by {}; {}", best, text);
        return best;
    }

    /** The first of them that no later one beats by the margin. */
    static CudnnAlgorithm choose(Map<CudnnAlgorithm, Double> milliseconds) {
        CudnnAlgorithm best = null;
        for (CudnnAlgorithm algorithm : CudnnAlgorithm.values()) {
            Double time = milliseconds.get(algorithm);
            if (time != null && (best == null || time * MARGIN < milliseconds.get(best))) {
                best = algorithm;
            }
        }
        return best;
    }

    /** A layer on zeros, in memory of its own. */
    private final class Trial implements AutoCloseable {
        private final Deque<Runnable> releases = new ArrayDeque<>();
        private final CudnnLayerSpec spec;
        private final CudnnLayer layer;
        private final long weightBytes;
        private final CudaBuffer weights;
        private final CudaBuffer x;
        private final CudaBuffer y;
        private final CudaBuffer work;
        private final CudnnLayer.States states;

        Trial(CudnnLayerSpec spec, CudnnAlgorithm algorithm) {
            this.spec = spec;
            try {
                layer = new CudnnLayer(device, cudnn, spec, algorithm);
                releases.push(layer::close);
                weightBytes = layer.descriptors().weightBytes();
                weights = keep(CudnnLayer.allocate(device, weightBytes));
                x = activations(spec.tokens() * spec.inputSize());
                y = activations(spec.tokens() * spec.hiddenSize());
                work = keep(CudnnLayer.allocate(device, layer.workBytes()));
                long units = (long) spec.batch() * spec.hiddenSize();
                boolean cell = spec.cell().hasCellState();
                states = new CudnnLayer.States(
                        activations(units),
                        cell ? activations(units) : null,
                        activations(units),
                        cell ? activations(units) : null);
            } catch (RuntimeException failure) {
                close();
                throw failure;
            }
        }

        private CudaBuffer activations(long length) {
            return keep(device.own(device.alloc(spec.storage(), length)));
        }

        private CudaBuffer keep(CudaBuffer buffer) {
            releases.push(buffer::close);
            return buffer;
        }

        double milliseconds() {
            return Stopwatch.milliseconds(device, RUNS, "timing cuDNN", this::pass);
        }

        /** Gradients of zeros are zeros, so input and output serve as their own gradients. */
        private void pass() {
            String operation = "trying a layer";
            cudnn.accept(layer.forward(weights, weightBytes, x, states, y, work), operation);
            if (spec.training()) {
                cudnn.accept(layer.backwardData(weights, weightBytes, states, y, y, x, work), operation);
                cudnn.accept(layer.backwardWeights(weights, weightBytes, x, states, y, work), operation);
            }
        }

        @Override
        public void close() {
            while (!releases.isEmpty()) {
                releases.pop().run();
            }
        }
    }
}
