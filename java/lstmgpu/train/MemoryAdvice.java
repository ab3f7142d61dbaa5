package lstmgpu.train;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.model.ModelConfig;

/** What to do when memory does not suffice: how large a batch would fit, counted from what training keeps. */
final class MemoryAdvice {
    private static final double USABLE = 0.85;
    private static final long LOGIT_BYTES = 32L << 20;

    private MemoryAdvice() {}

    /** The same failure with the batch size that would fit. */
    static LstmGpuException explain(
            LstmGpuException failure, Backend backend, ModelConfig config, TrainingSettings settings) {
        TrainingSettings.Loop loop = settings.loop();
        long memory = backend.device().memoryBytes();
        long fits = Math.min(
                largestBatch(config, settings.optimisation().spec(), loop.seqLength(), memory), loop.batchSize() / 2);
        String advice = fits >= 1
                ? "--batch-size %d would fit".formatted(fits)
                : "no batch size fits with --seq-length %d and --hidden-size %d; make one of them smaller"
                        .formatted(loop.seqLength(), config.hiddenSize());
        return new LstmGpuException(
                ExitCode.MEMORY,
                "training with --batch-size %d and --seq-length %d does not fit into the memory of %s: %s"
                        .formatted(
                                loop.batchSize(),
                                loop.seqLength(),
                                backend.device().name(),
                                advice),
                failure);
    }

    /** The most lanes whose activations fit beside weights, gradients and optimiser; 0 if not even one does. */
    static long largestBatch(ModelConfig config, OptimizerSpec optimizer, int steps, long memoryBytes) {
        double hidden = config.hiddenSize();
        double gateRows = config.cell().gates() * hidden;
        double recurrent = config.layers() * gateRows * (hidden + hidden + 2)
                + gateRows * ((double) config.embeddingSize() - hidden);
        double vocabulary = config.vocabularySize();
        double weights = recurrent + vocabulary * (config.embeddingSize() + hidden + 1);
        int copies = 2 + (optimizer.usesFirstMoment() ? 1 : 0) + (optimizer.usesSecondMoment() ? 1 : 0);
        double fixed = Float.BYTES * (weights * copies + 2 * vocabulary * gateRows) + LOGIT_BYTES;
        double layer = 2 * gateRows + 4 * hidden;
        double lane = Float.BYTES * steps * (config.layers() * layer + 2.0 * config.embeddingSize() + 3 * hidden + 3);
        return (long) Math.max(0, Math.floor((USABLE * memoryBytes - fixed) / lane));
    }
}
