package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.parallel.Peers;

/**
 * A whole training step: batch, forward, loss, backward, clip, optimiser. It is prepared once; running it allocates
 * nothing and moves nothing between host and device.
 */
public final class TrainingStep implements AutoCloseable {
    /** Means of the last so many losses, and as many norms, are kept on the device. */
    public static final int LOSS_HISTORY = 512;

    /**
     * @param steps T
     * @param batch B, the sequences of this process
     * @param carryState whether the final state of a step is the initial state of the next one; otherwise each
     *     starts from zero
     * @param resetState probability that a sequence begins a step from a zero state although states are carried, in [0,
     *     1)
     * @param stepsPerEpoch steps after which the clock counts an epoch
     * @param seed of the dropout masks and of those sequences
     * @param share which sequences of the whole batch these are
     * @param regularisation beside the network's dropout
     */
    public record Spec(
            int steps,
            int batch,
            WeightUpdate.Spec update,
            boolean carryState,
            float resetState,
            int stepsPerEpoch,
            long seed,
            BatchShare share,
            Regularisation regularisation) {
        /** On whole batches, all weights alike, with the network's dropout alone. */
        public Spec(
                int steps,
                int batch,
                OptimizerSpec optimizer,
                boolean carryState,
                float resetState,
                int stepsPerEpoch,
                long seed) {
            this(
                    steps,
                    batch,
                    WeightUpdate.Spec.of(optimizer),
                    carryState,
                    resetState,
                    stepsPerEpoch,
                    seed,
                    BatchShare.whole(batch),
                    Regularisation.NONE);
        }

        boolean resets() {
            return carryState && resetState > 0;
        }
    }

    private final Network model;
    private final Peers peers;
    private final Backend backend;
    private final Spec spec;
    private final Resources memory;
    private final StepClock clock;
    private final Feed feed;

    /** By the feed's forms; the gradients are those of the first. */
    private final List<Pass> passes;

    /** Between passes of several forms; null where there is one, whose plan keeps the states itself. */
    private final CarriedState carried;

    private final WeightUpdate update;
    private final DeviceBuffer history;
    private final DeviceBuffer norms;
    private final List<Step> steps;

    /** The first pass, whose state goes on where states are carried. */
    private final Pass pass;

    /** In a process by itself. */
    public TrainingStep(Network model, Feed feed, Spec spec) {
        this(model, feed, spec, Peers.ALONE);
    }

    /**
     * Allocates everything that training needs beside the model.
     *
     * @param peers who compute the other shares of the batch
     * @throws LstmGpuException with exit code 5 if memory is short
     */
    public TrainingStep(Network model, Feed feed, Spec spec, Peers peers) {
        this.model = model;
        this.peers = peers;
        this.backend = model.backend();
        this.spec = spec;
        this.feed = feed;
        this.memory = new Resources(backend);
        try {
            this.clock = memory.keep(new StepClock(backend));
            this.passes = passes(feed.forms(spec.steps(), spec.batch()));
            this.pass = passes.getFirst();
            boolean handedOver = spec.carryState() && passes.size() > 1;
            this.carried = handedOver ? new CarriedState(memory, pass.plan().spec()) : null;
            this.update = memory.keep(new WeightUpdate(model, pass.gradients(), spec.update()));
            this.history = memory.alloc(ElementType.FLOAT32, LOSS_HISTORY);
            this.norms = memory.alloc(ElementType.FLOAT32, LOSS_HISTORY);
            SharedGradients shared = new SharedGradients(peers, model, pass.gradients());
            this.steps = passes.stream().map(way -> step(way, shared)).toList();
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    private List<Pass> passes(List<Batch.Form> forms) {
        List<Pass> made = new ArrayList<>();
        Masks masks = new Masks(clock, spec.seed(), spec.regularisation());
        for (Batch.Form form : forms) {
            Pass sister = made.isEmpty() ? null : made.getFirst();
            made.add(memory.keep(Pass.training(model, form.in(spec.share()), masks, sister)));
        }
        return List.copyOf(made);
    }

    /** @param shared of all passes, which have their gradients in one place */
    private Step step(Pass way, SharedGradients shared) {
        return peers.size() == 1 || peers.withinSteps(backend) ? whole(way, shared) : halves(way, shared);
    }

    private Step whole(Pass way, SharedGradients shared) {
        return memory.keep(backend.capture(() -> {
            differentiate(way, shared);
            shared.end();
            finish(way);
        }));
    }

    /** The same with a place in the middle where all add up what they found. */
    private Step halves(Pass way, SharedGradients shared) {
        Step gradients = memory.keep(backend.capture(() -> differentiate(way, BackwardProgress.NOBODY)));
        Step update = memory.keep(backend.capture(() -> finish(way)));
        return Step.of(() -> {
            gradients.run();
            shared.accept(0);
            shared.end();
            update.run();
        });
    }

    /**
     * The gradients of this share.
     *
     * @param whole hears what {@link BackwardProgress} tells
     */
    private void differentiate(Pass way, LongConsumer whole) {
        feed.fill(way.batch(), clock);
        if (carried != null) {
            carried.giveTo(way.plan());
        }
        if (spec.resets()) {
            way.plan().resetSequences(spec.resetState(), spec.seed(), clock);
        }
        way.differentiate(whole);
    }

    /** The optimiser's step by the gradients of all. */
    private void finish(Pass way) {
        update.apply(clock);
        backend.losses().recordMean(way.losses(), clock, history);
        backend.losses().recordMean(update.normSquared(), clock, norms);
        if (spec.carryState()) {
            way.plan().carryState();
            keepState(way);
        }
        backend.optimisation().advance(clock, spec.stepsPerEpoch());
    }

    private void keepState(Pass way) {
        if (carried != null) {
            carried.store(way.plan());
        }
    }

    /** Trains on one batch; may return before the device is done. */
    public void run() {
        Step next = steps.get(feed.next(clock.epoch(), clock.epochStep()));
        try {
            next.run();
        } catch (RuntimeException | Error failure) {
            peers.abandon();
            throw failure;
        }
        clock.advanced(spec.stepsPerEpoch());
    }

    /** What the optimiser remembers of every weight, and their average. */
    public WeightUpdate update() {
        return update;
    }

    /** Says which step comes next and with which learning rates. */
    public StepClock clock() {
        return clock;
    }

    /** The initial state of the next step becomes zero. */
    public void resetState() {
        pass.plan().resetState();
        keepState(pass);
    }

    public RnnState readState() {
        if (carried != null) {
            carried.giveTo(pass.plan());
        }
        return pass.plan().readState();
    }

    public void writeState(RnnState state) {
        pass.plan().writeState(state);
        keepState(pass);
    }

    /**
     * Waits for the steps so far; all peers call it.
     *
     * @param target takes the loss of step s at {@code s % LOSS_HISTORY}
     */
    public void readLosses(float[] target) {
        peers.await();
        backend.download(history, target);
        if (peers.size() > 1) {
            sumOfShares(target);
        }
    }

    /** From the mean over this share's losses to that over the batch's. */
    private void sumOfShares(float[] means) {
        double part = (double) spec.batch() / spec.share().all();
        double[] sums = IntStream.range(0, means.length)
                .mapToDouble(i -> means[i] * part)
                .toArray();
        peers.sum(sums);
        for (int i = 0; i < means.length; i++) {
            means[i] = (float) sums[i];
        }
    }

    /**
     * Waits for the steps so far.
     *
     * @param target takes the global norm of step s's gradients, before clipping, at {@code s % LOSS_HISTORY}
     */
    public void readGradientNorms(float[] target) {
        backend.download(norms, target);
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) Math.sqrt(target[i]);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
