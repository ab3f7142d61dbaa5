package lstmgpu.backend.cuda.cudnn;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Stopwatch;
import lstmgpu.backend.cuda.libraries.CudnnVersion;
import lstmgpu.backend.kernels.ContentHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which algorithm cuDNN is fastest with, by trying: each that may do runs forward and backward on random values in
 * memory of its own, has to give the numbers of the fused kernels, and is timed. Whatever fails about one refuses that
 * one, as long as the GPU's context lives; one that costs the context is remembered, so that the next start leaves it
 * out. An earlier one of {@link CudnnAlgorithm} stays unless a later one is faster by {@link #MARGIN}, so that noise
 * does not make two runs of a program choose differently. What was found for a layer is kept for this GPU and this
 * cuDNN.
 */
final class CudnnAlgorithms {
    /** Algorithms differ by a factor of two where they differ at all. */
    static final double MARGIN = 1.15;

    private static final Logger LOG = LoggerFactory.getLogger(CudnnAlgorithms.class);
    private static final int RUNS = 5;

    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final Path folder;
    private final Consumer<String> notice;
    private final Map<CudnnLayerSpec, CudnnAlgorithm> known = new HashMap<>();

    /**
     * @param folder of kept choices
     * @param notice hears which algorithm is not used though cuDNN has it
     */
    CudnnAlgorithms(CudaDevice device, CudnnHandle cudnn, Path folder, Consumer<String> notice) {
        this.device = device;
        this.cudnn = cudnn;
        this.folder = folder;
        this.notice = notice;
    }

    /**
     * @throws CudnnRefusal if cuDNN computes no such layer
     * @throws LstmGpuException if an algorithm cost the GPU's context
     */
    CudnnAlgorithm fastest(CudnnLayerSpec spec) {
        CudnnAlgorithm found = known.get(spec);
        if (found == null) {
            requirePrecision(spec);
            found = choose(spec, kept(spec));
            device.trim(); // No later block has the sizes of a trial's.
            known.put(spec, found);
        }
        return found;
    }

    /**
     * Those that may be found fastest.
     *
     * @throws CudnnRefusal if cuDNN has no layers in such a precision
     */
    List<CudnnAlgorithm> candidates(CudnnLayerSpec spec) {
        requirePrecision(spec);
        KeptAlgorithms kept = kept(spec);
        return Arrays.stream(CudnnAlgorithm.values())
                .filter(algorithm -> algorithm.isFor(spec) && !kept.isLeftOut(algorithm))
                .toList();
    }

    private static void requirePrecision(CudnnLayerSpec spec) {
        if (spec.storage() == ElementType.BFLOAT16 && !CudnnVersion.current().hasBfloat16()) {
            throw new CudnnRefusal(
                    "%s has no layers in bfloat16, which came with %s"
                            .formatted(CudnnVersion.current(), CudnnVersion.BFLOAT16),
                    CudnnRefusal.Extent.PRECISION);
        }
    }

    private KeptAlgorithms kept(CudnnLayerSpec spec) {
        String asked = String.join(
                "\n",
                device.info().name(),
                device.info().detail(),
                CudnnVersion.current().toString(),
                spec.toString());
        return new KeptAlgorithms(folder.resolve(ContentHash.of(asked.getBytes(StandardCharsets.UTF_8)) + ".txt"));
    }

    private CudnnAlgorithm choose(CudnnLayerSpec spec, KeptAlgorithms kept) {
        try (TrialLayer layer = new TrialLayer(device, spec)) {
            CudnnAlgorithm before = kept.fastest();
            if (before != null && before.isFor(spec) && runs(spec, before, layer, kept)) {
                LOG.info("cuDNN computes a layer by {}, as it was found before; {}", before, spec);
                return before;
            }
            CudnnAlgorithm best = measure(spec, layer, kept);
            kept.keep(best);
            return best;
        } catch (LstmGpuException failure) {
            if (!device.context().check().answers()) {
                throw failure;
            }
            throw new CudnnRefusal("its algorithms cannot be tried: " + reason(failure));
        }
    }

    /** The pass also loads what cuDNN loads on first use, which a capture would not allow. */
    private boolean runs(CudnnLayerSpec spec, CudnnAlgorithm algorithm, TrialLayer layer, KeptAlgorithms kept) {
        try {
            attempt(spec, algorithm, layer, kept, plan -> {
                layer.pass(plan);
                device.synchronize();
                return 0.0;
            });
            return true;
        } catch (CudnnRefusal refusal) {
            LOG.info("cuDNN no longer takes {} for {}: {}", algorithm, spec, refusal.getMessage());
            return false;
        }
    }

    private CudnnAlgorithm measure(CudnnLayerSpec spec, TrialLayer layer, KeptAlgorithms kept) {
        TrialLayer.Numbers expected = layer.fusedNumbers();
        Map<CudnnAlgorithm, Double> times = new EnumMap<>(CudnnAlgorithm.class);
        List<String> report = new ArrayList<>();
        for (CudnnAlgorithm algorithm : candidates(spec)) {
            try {
                double time = attempt(spec, algorithm, layer, kept, plan -> {
                    requireClose(spec, algorithm, layer.numbers(plan).distance(expected), layer.tolerance());
                    return Stopwatch.milliseconds(device, RUNS, "timing cuDNN", () -> layer.pass(plan));
                });
                times.put(algorithm, time);
                report.add(String.format(Locale.ROOT, "%s %.3f ms", algorithm, time));
            } catch (CudnnRefusal refusal) {
                if (refusal.extent() == CudnnRefusal.Extent.LIBRARY) {
                    throw refusal;
                }
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

    /** What is done with a plan of one layer by one algorithm. */
    private interface Attempt {
        double with(RnnPlan plan);
    }

    /** @throws CudnnRefusal if anything fails and the context lives */
    private double attempt(
            CudnnLayerSpec spec, CudnnAlgorithm algorithm, TrialLayer layer, KeptAlgorithms kept, Attempt attempt) {
        CudnnParts parts = new CudnnParts(device, cudnn, _ -> algorithm, layer::mirror);
        try (RnnPlan plan = new CudnnRnnPlan(device, cudnn, layer.spec(), null, parts)) {
            return attempt.with(plan);
        } catch (LstmGpuException failure) {
            String reason = reason(failure);
            if (!device.context().check().answers()) {
                kept.leaveOut(algorithm);
                throw new LstmGpuException(
                        failure.exitCode(),
                        "cuDNN's algorithm %s cost the GPU's context when it was tried for %s (%s); start the same command again: it leaves that algorithm out"
                                .formatted(algorithm, spec, reason),
                        failure);
            }
            throw failure instanceof CudnnFailure status ? status.refusal() : new CudnnRefusal(reason);
        }
    }

    /** What happened, without the remedy. */
    private static String reason(LstmGpuException failure) {
        return failure.getMessage().lines().findFirst().orElse("").replaceFirst(";.*", "");
    }

    /** NaN is not close. */
    private void requireClose(CudnnLayerSpec spec, CudnnAlgorithm algorithm, double distance, double tolerance) {
        if (distance <= tolerance) {
            return;
        }
        String text = String.format(
                Locale.ROOT,
                "its numbers are %.1e off those of the fused kernels, more than %.1e",
                distance,
                tolerance);
        notice.accept("cuDNN's algorithm %s is not used for %s: %s".formatted(algorithm, spec, text));
        throw new CudnnRefusal(text);
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
}
