package lstmgpu.tune;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;

/** Trains a run of a search up to the end of a rung. */
final class Climber {
    private final Path search;
    private final Halving halving;
    private final Attempt.Maker maker;
    private final BooleanSupplier timeOver;
    private volatile boolean stopRequested;
    private volatile Trainer trainer;

    /** Refuses losses that cannot be compared with others. */
    @FunctionalInterface
    interface Comparison {
        /**
         * @param unit of the losses
         * @param judged what they are measured on
         */
        void require(String unit, String judged);
    }

    /** @param search its folder */
    Climber(Path search, Halving halving, Attempt.Maker maker, BooleanSupplier timeOver) {
        this.search = search;
        this.halving = halving;
        this.maker = maker;
        this.timeOver = timeOver;
    }

    /** From any thread: the run that trains stops with a checkpoint, and no other one begins. */
    void requestStop() {
        stopRequested = true;
        Trainer training = trainer;
        if (training != null) {
            training.requestStop();
        }
    }

    boolean stopRequested() {
        return stopRequested;
    }

    /**
     * The run of a job with what it has come to; null if it was stopped on the way.
     *
     * @param first whether no run has climbed a rung yet
     * @throws LstmGpuException if it is refused for what no setting has to do with, or cannot be written
     */
    Trial climb(Halving.Job job, boolean first, Comparison comparison, TrainingListener hears) {
        Trial trial = job.trial();
        try {
            return train(job, comparison, hears);
        } catch (LstmGpuException failure) {
            return switch (failure.exitCode()) {
                case DIVERGED -> trial.givenUp(Trial.Status.DIVERGED, failure.getMessage());
                case USAGE, DATA, MEMORY -> {
                    if (first && failure.exitCode() != ExitCode.MEMORY) {
                        requireSettings(trial, failure);
                    }
                    yield trial.givenUp(Trial.Status.REFUSED, failure.getMessage());
                }
                default -> throw failure;
            };
        }
    }

    /** What is refused without any drawn setting too would be refused in every run. */
    private void requireSettings(Trial trial, LstmGpuException refusal) {
        try (Attempt plain = maker.of(Map.of(), Search.folder(search, trial))) {
            requireJudged(plain.run().task());
        } catch (LstmGpuException refused) {
            if (refused.getMessage().equals(refusal.getMessage())) {
                throw refused;
            }
        }
    }

    private Trial train(Halving.Job job, Comparison comparison, TrainingListener hears) {
        try (Attempt attempt = maker.of(job.trial().settings(), Search.folder(search, job.trial()))) {
            Task task = attempt.run().task();
            requireJudged(task);
            comparison.require(
                    task.measures().loss().unit(),
                    "%,d held-out %s, %,d outputs"
                            .formatted(
                                    task.heldOutLength(),
                                    task.measures().plural(),
                                    attempt.run().config().head().size()));
            try (Backend backend = attempt.open()) {
                TrainingResult result = train(job, attempt, backend, hears);
                if (result.reason() == TrainingResult.Reason.STOP_REQUESTED) {
                    return null;
                }
                if (job.rung() == halving.rungs() - 1) {
                    attempt.completed(backend);
                }
                return job.trial()
                        .reached(
                                new Trial.Mark(result.steps(), result.bestLoss(), result.bestStep(), result.seconds()));
            }
        }
    }

    private TrainingResult train(Halving.Job job, Attempt attempt, Backend backend, TrainingListener hears) {
        try (Trainer training = new Trainer(
                        backend,
                        attempt.run().config(),
                        attempt.run().task(),
                        attempt.run().settings(),
                        new Clock(hears, timeOver, this::stopTraining));
                ModelDirectory directory = attempt.directory()) {
            training.pauseAfter(halving.steps(job.rung(), training.totalSteps()));
            trainer = training;
            if (stopRequested) {
                training.requestStop();
            }
            return training.run(directory);
        } finally {
            trainer = null;
        }
    }

    private void stopTraining() {
        trainer.requestStop();
    }

    private static void requireJudged(Task task) {
        if (task.heldOutLength() == 0) {
            throw LstmGpuException.usage(
                    "tune compares runs by what is held out, and nothing is; leave --val-frac above 0");
        }
    }
}
