package lstmgpu.train;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.NetworkConfig;
import lstmgpu.parallel.Peers;
import lstmgpu.task.Samples;
import lstmgpu.task.Task;

/** Whether a run fits into the device's memory, and with which batch size it would. */
final class TrainingMemory {
    private final Backend backend;
    private final NetworkConfig config;
    private final Task task;
    private final TrainingSettings settings;
    private final Samples samples;
    private final Peers peers;

    TrainingMemory(
            Backend backend, NetworkConfig config, Task task, TrainingSettings settings, Samples samples, Peers peers) {
        this.backend = backend;
        this.config = config;
        this.task = task;
        this.settings = settings;
        this.samples = samples;
        this.peers = peers;
    }

    /** Bytes of weights, gradients, optimiser, activations, texts, evaluation and samples. */
    private long bytes(int batch) {
        TrainingSettings other = settings.withBatchSize(batch);
        return MemoryNeed.bytes(backend, counting -> {
            TrainingNetwork network =
                    new TrainingNetwork(counting, config, task, Trainer.plan(task, other), other, peers);
            return samples.wanted() ? samples.step(network.model()) : network;
        });
    }

    /**
     * @return the bytes that the run needs
     * @throws LstmGpuException with exit code 5 and a batch size that would fit, if memory is short
     */
    long require() {
        long needed = bytes(settings.loop().batchSize());
        MemoryNeed.require(backend, needed, what(), this::remedy);
        return needed;
    }

    /** Makes what the run keeps on the device, if it fits. */
    TrainingNetwork newNetwork(BatchPlan plan) {
        require();
        try {
            return new TrainingNetwork(backend, config, task, plan, settings, peers);
        } catch (LstmGpuException failure) {
            if (failure.exitCode() != ExitCode.MEMORY) {
                throw failure;
            }
            // Another program may have taken the memory meanwhile, or it lies in pieces.
            long free = Math.min(backend.freeBytes(), bytes(settings.loop().batchSize()) / 2);
            throw new LstmGpuException(
                    ExitCode.MEMORY,
                    "%s does not fit into the memory of %s: %s"
                            .formatted(what(), backend.device().name(), remedy(free)),
                    failure);
        }
    }

    private String what() {
        TrainingSettings.Loop loop = settings.loop();
        return "training with --batch-size %d and --seq-length %d".formatted(loop.batchSize(), loop.seqLength());
    }

    private String remedy(long free) {
        TrainingSettings.Loop loop = settings.loop();
        int least = peers.size(); // A sequence each.
        int fits = MemoryNeed.largest(loop.batchSize() - 1, free, batch -> bytes(Math.max(least, (int) batch)));
        return fits >= least
                ? "--batch-size %d would fit".formatted(fits)
                : "no batch size fits with --seq-length %d and --hidden-size %d; make one of them smaller"
                        .formatted(loop.seqLength(), config.hiddenSize());
    }
}
