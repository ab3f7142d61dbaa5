package lstmgpu.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.LanguageModel;
import lstmgpu.network.ModelConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.TrainingStep;

/** All that a run keeps on the device: weights, texts, the training step and the evaluation. */
final class TrainingNetwork implements AutoCloseable {
    private static final String HIDDEN = "hidden";
    private static final String CELL = "cell";

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final LanguageModel model;
    private final TrainingStep step;
    private final EvaluationPass validation;
    private final List<Integer> stateShape;

    /**
     * Allocates everything.
     *
     * @throws LstmGpuException with exit code 5 if memory is short
     */
    TrainingNetwork(Backend backend, ModelConfig config, TrainingText text, BatchPlan plan, TrainingSettings settings) {
        try {
            this.model = keep(new LanguageModel(
                    backend, config, settings.run().precision(), settings.run().rnn()));
            TokenCorpus training = keep(backend.corpus(text.training(), text.bytesPerToken()));
            this.step = keep(new TrainingStep(
                    model,
                    training,
                    new TrainingStep.Spec(
                            plan.spec(),
                            settings.optimisation().spec(),
                            plan.carriesState(),
                            settings.loop().resetState(),
                            plan.stepsPerEpoch(),
                            settings.run().seed())));
            this.validation = text.validation() == null ? null : validation(text, settings.loop());
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
        this.stateShape = List.of(config.layers(), settings.loop().batchSize(), config.hiddenSize());
    }

    private EvaluationPass validation(TrainingText text, TrainingSettings.Loop loop) {
        TokenCorpus corpus = keep(model.backend().corpus(text.validation(), text.bytesPerToken()));
        return keep(new EvaluationPass(model, corpus, loop.batchSize(), loop.seqLength()));
    }

    private <R extends AutoCloseable> R keep(R resource) {
        open.push(resource);
        return resource;
    }

    LanguageModel model() {
        return model;
    }

    TrainingStep step() {
        return step;
    }

    /** Evaluates on the held-out text in as many lanes as the batch has; null if there is none. */
    EvaluationPass validation() {
        return validation;
    }

    Map<String, Tensor> carriedState() {
        RnnState state = step.readState();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(HIDDEN, new Tensor(stateShape, state.hidden()));
        if (state.cell().length > 0) {
            tensors.put(CELL, new Tensor(stateShape, state.cell()));
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
        step.loadOptimizer(checkpoint.optimizer());
        boolean hasCell = model.config().cell().hasCellState();
        step.writeState(new RnnState(stateOf(checkpoint, HIDDEN), hasCell ? stateOf(checkpoint, CELL) : new float[0]));
    }

    private float[] stateOf(Checkpoint checkpoint, String name) {
        Tensor tensor = checkpoint.carried().get(name);
        if (tensor == null || !tensor.shape().equals(stateShape)) {
            throw LstmGpuException.data(
                    "the checkpoint's carried state '%s' is %s where this run needs %s; "
                            + "delete it to go on from an older one",
                    name, tensor == null ? "missing" : tensor.shape(), stateShape);
        }
        return tensor.values();
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new IllegalStateException("closing failed", failure);
            }
        }
    }
}
