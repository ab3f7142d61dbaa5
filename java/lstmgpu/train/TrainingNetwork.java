package lstmgpu.train;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Feed;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Resources;
import lstmgpu.network.Tensor;
import lstmgpu.network.TrainingStep;
import lstmgpu.network.WeightUpdate;
import lstmgpu.parallel.Peers;
import lstmgpu.task.Task;

/** All that a run keeps on the device: weights, data, the training step and the evaluation. */
final class TrainingNetwork implements AutoCloseable {
    private static final String HIDDEN = "hidden";
    private static final String CELL = "cell";

    private final Resources memory;
    private final Peers peers;
    private final Network model;
    private final TrainingStep step;
    private final Evaluation validation;
    private final SharedStates hiddenStates;
    private final SharedStates cellStates;

    /**
     * Allocates everything.
     *
     * @param peers among whom the sequences of a batch are divided
     * @throws LstmGpuException with exit code 5 if memory is short
     */
    TrainingNetwork(
            Backend backend, NetworkConfig config, Task task, BatchPlan plan, TrainingSettings settings, Peers peers) {
        this.peers = peers;
        this.memory = new Resources(backend);
        int whole = plan.spec().batch();
        BatchPlan own = plan.shared(peers.sequences(whole), peers.share(whole));
        BatchSpec batch = own.spec();
        try {
            settings.regularisation().requireFit(config);
            this.model = memory.keep(new Network(
                    backend, config, settings.run().precision(), settings.run().rnn()));
            Feed training = memory.keep(task.feed(backend, own));
            this.step = memory.keep(new TrainingStep(
                    model,
                    training,
                    new TrainingStep.Spec(
                            batch.steps(),
                            batch.batch(),
                            new WeightUpdate.Spec(
                                    settings.optimisation().spec(),
                                    settings.optimisation().decayOnly(),
                                    settings.averaging().spec()),
                            plan.carriesState(),
                            settings.loop().resetState(),
                            plan.stepsPerEpoch(),
                            settings.run().seed(),
                            batch.share(),
                            settings.regularisation()),
                    peers));
            this.validation = task.evaluation(
                    model, settings.loop().batchSize(), settings.loop().seqLength());
            if (validation != null) {
                memory.keep(validation);
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
        int layers = config.layers() * config.rnnShape().directions();
        int shown = config.rnnShape().shownSize();
        this.hiddenStates = new SharedStates(peers, layers, batch.share(), batch.batch(), shown);
        this.cellStates = new SharedStates(peers, layers, batch.share(), batch.batch(), config.hiddenSize());
    }

    Network model() {
        return model;
    }

    /** Who else trains it. */
    Peers peers() {
        return peers;
    }

    TrainingStep step() {
        return step;
    }

    /** Evaluates on the held-out data in as many sequences as the batch has; null if there is none. */
    Evaluation validation() {
        return validation;
    }

    /** The states of all sequences, whoever computes them; all peers call it. */
    Map<String, Tensor> carriedState() {
        RnnState state = step.readState();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(HIDDEN, hiddenStates.whole(state.hidden()));
        if (state.cell().length > 0) {
            tensors.put(CELL, cellStates.whole(state.cell()));
        }
        return tensors;
    }

    /**
     * Restores weights, optimiser and recurrent state.
     *
     * @throws LstmGpuException with exit code 3 if they do not fit
     */
    void restore(Checkpoint checkpoint) {
        model.load(checkpoint.weights());
        step.update().load(checkpoint.optimizer());
        boolean hasCell = model.config().cell().hasCellState();
        step.writeState(new RnnState(
                stateOf(checkpoint, HIDDEN, hiddenStates),
                hasCell ? stateOf(checkpoint, CELL, cellStates) : new float[0]));
    }

    private static float[] stateOf(Checkpoint checkpoint, String name, SharedStates states) {
        Tensor tensor = checkpoint.carried().get(name);
        if (tensor == null || !tensor.shape().equals(states.shape())) {
            throw LstmGpuException.data(
                    "the checkpoint's carried state '%s' is %s where this run needs %s; "
                            + "delete it to go on from an older one",
                    name, tensor == null ? "missing" : tensor.shape(), states.shape());
        }
        return states.own(tensor);
    }

    @Override
    public void close() {
        memory.close();
    }
}
