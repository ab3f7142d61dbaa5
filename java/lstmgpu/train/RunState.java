package lstmgpu.train;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.data.InputTexts;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;

/**
 * The whole state of a run on its way to the disk and back: checkpoints, and the files that must not tell more than the
 * state knows.
 */
final class RunState {
    private static final int NEVER = -1;

    private final TrainingNetwork network;
    private final Peers peers;
    private final ModelDirectory directory;
    private final RunIdentity identity;
    private final InputTexts mapped;
    private final Schedule schedule;
    private final EarlyStopping stopping;
    private final NonMonotone averaging;
    private final RunHistory history;
    private final SoundModel model;
    private final Runnable firstWeights;
    private final CheckpointStore checkpoints;
    private int savedStep = NEVER;
    private int wentBackTo = NEVER;

    /** Checkpoints up to this step were there when the run began, and going back leaves them alone. */
    private int resumedStep = NEVER;

    /**
     * @param firstWeights begins with the weights it began with; null where they are not known any more
     */
    RunState(
            RunParts parts,
            RunIdentity identity,
            Schedule schedule,
            EarlyStopping stopping,
            NonMonotone averaging,
            RunHistory history,
            SoundModel model,
            Runnable firstWeights) {
        this.network = parts.network();
        this.directory = parts.directory();
        this.identity = identity;
        this.mapped = parts.task().source().mapped();
        this.schedule = schedule;
        this.stopping = stopping;
        this.averaging = averaging;
        this.history = history;
        this.model = model;
        this.firstWeights = firstWeights;
        this.peers = network.peers();
        this.checkpoints = new CheckpointStore(
                directory.checkpoints(), parts.settings().saving().keep());
        if (!directory.isFollowed()) {
            checkpoints.sweep();
        }
    }

    /**
     * Writes a checkpoint, unless there is one of this step; all peers call it, and one that follows another's folder
     * only hands over the states of its sequences.
     *
     * @return its folder, or null
     * @throws Divergence if a weight is not finite
     */
    Path save(int step) {
        if (savedStep == step) {
            return null;
        }
        mapped.checkUnchanged();
        directory.checkLock();
        Map<String, Tensor> weights = SoundModel.sound(step, network.model().tensors());
        boolean keepsBest = network.validation() != null && model.best() != null;
        if (!keepsBest) {
            model.keep(model.weights(step), step);
        }
        peers.meet(); // The first one may have written, drawn and sampled for as long as that takes.
        Map<String, Tensor> carried = network.carriedState();
        savedStep = step;
        if (directory.isFollowed()) {
            return null;
        }
        Checkpoint.State state = new Checkpoint.State(
                Checkpoint.FORMAT_VERSION,
                step,
                history.seconds(),
                history.gradientNorm(),
                history.metrics().rows().size(),
                directory.samples().bytes(),
                history.events().bytes(),
                schedule.state(),
                stopping.state(),
                history.watch().state(),
                history.norms().state(),
                averaging.state(),
                identity.settings(),
                identity.inputs(),
                Map.of());
        Checkpoint checkpoint =
                new Checkpoint(state, weights, network.step().update().tensors(), carried);
        return checkpoints.write(checkpoint, keepsBest ? directory.weightsFile() : null);
    }

    /** The next {@link #save} writes, even where there is a checkpoint of its step. */
    void saveAnew() {
        savedStep = NEVER;
    }

    /**
     * Goes on from the newest checkpoint.
     *
     * @return its step
     * @throws LstmGpuException with exit code 3 if there is none, it is damaged or the data is another, 2 if a
     *     flag differs that must not
     */
    int resume() {
        Path folder = newest(directory, identity);
        Checkpoint checkpoint = CheckpointStore.read(folder);
        history.goesOn(checkpoint.state().seconds());
        resumedStep = restore(folder, checkpoint);
        return resumedStep;
    }

    /** The newest checkpoint of a directory, if a run may go on from it; otherwise as {@link #resume}. */
    static Path newest(ModelDirectory directory, RunIdentity identity) {
        Path folder = new CheckpointStore(directory.checkpoints(), 1).newest();
        if (folder == null) {
            throw noCheckpoint(directory);
        }
        identity.check(CheckpointStore.readState(folder));
        return folder;
    }

    /** Says what works there: without --resume, a folder with weights is refused too. */
    private static LstmGpuException noCheckpoint(ModelDirectory directory) {
        return directory.hasWeights()
                ? LstmGpuException.data(
                        "%s has no checkpoint to resume from; start a new run from its weights, with --init-from %s and"
                                + " another --output",
                        directory.path(), ShellWord.of(directory.path()))
                : LstmGpuException.data(
                        "%s has no checkpoint to resume from, and no weights yet; leave --resume out to begin",
                        directory.path());
    }

    /**
     * Goes back to the newest state before the one that was found bad, and one further if that has been tried already
     * and nothing has been saved since. What was there when the run began stays as it was, so a run that was resumed
     * does not go back further than where it began.
     *
     * @return its step
     * @throws Divergence the same if there is no such state
     */
    int goBack(Divergence divergence) {
        discardFrom(divergence.step());
        Path folder = checkpoints.newest();
        boolean again = folder != null && CheckpointStore.step(folder) == wentBackTo && checkpoints.count() > 1;
        if (peers.agree(again)) {
            discardFrom(wentBackTo);
            folder = checkpoints.newest();
        }
        wentBackTo = folder == null ? restart(divergence) : restore(folder, CheckpointStore.read(folder));
        return wentBackTo;
    }

    /** Peers that have the same folder see the same in it afterwards. */
    private void discardFrom(int step) {
        if (!directory.isFollowed()) {
            checkpoints.discardFrom(Math.max(step, resumedStep + 1));
        }
        peers.meet();
    }

    /** Leaves the newest good state and its model behind. */
    void giveUp(Divergence divergence) {
        discardFrom(divergence.step());
        Path folder = checkpoints.newest();
        if (folder != null) {
            giveBackModel(folder, CheckpointStore.read(folder));
        }
    }

    private int restart(Divergence divergence) {
        if (firstWeights == null) {
            throw divergence;
        }
        firstWeights.run();
        schedule.restore(new Schedule.State(0, 0, schedule.halvings()));
        stopping.restore(EarlyStopping.State.BEGINNING);
        restoreAveraging(NonMonotone.State.BEGINNING);
        history.restore(0, LossWatch.State.BEGINNING, NormWatch.State.BEGINNING, Double.NaN, 0);
        keepFirst(0, 0, 0);
        savedStep = NEVER;
        return 0;
    }

    private int restore(Path folder, Checkpoint checkpoint) {
        Checkpoint.State state = checkpoint.state();
        network.restore(checkpoint);
        schedule.restore(state.schedule());
        stopping.restore(state.stopping());
        restoreAveraging(state.averaging());
        history.restore(state.step(), state.losses(), state.norms(), state.gradientNorm(), state.metricsRows());
        keepFirst(state.samplesBytes(), state.eventsBytes(), state.step());
        giveBackModel(folder, checkpoint);
        savedStep = state.step();
        return savedStep;
    }

    private void keepFirst(long samplesBytes, long eventsBytes, int step) {
        if (!directory.isFollowed()) {
            directory.samples().keepFirst(samplesBytes);
            history.events().keepFirst(eventsBytes, step);
        }
    }

    private void restoreAveraging(NonMonotone.State saved) {
        averaging.restore(saved);
        network.step().update().averageFrom(averaging.start());
    }

    private void giveBackModel(Path folder, Checkpoint checkpoint) {
        CheckpointStore.Best best = CheckpointStore.readBest(folder, checkpoint.state());
        if (best == null) {
            model.keep(checkpoint.judged(), checkpoint.state().step());
        } else {
            model.giveBack(best.weights(), best.origin());
        }
    }
}
