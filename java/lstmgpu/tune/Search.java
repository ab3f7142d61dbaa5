package lstmgpu.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.SessionEvents;
import lstmgpu.task.Task;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;

/**
 * Trains run after run, each in a folder of its own, as {@link Halving} says, and writes down after each what was
 * found, so that the same search goes on from there.
 */
public final class Search {
    private static final String RUNS = "runs";
    private static final String TENSORBOARD = "tensorboard";
    private static final double NANOS = 1e-9;

    private final Path folder;
    private final Space space;
    private final Attempt.Maker maker;
    private final SearchListener listener;
    private final double maxSeconds;
    private final List<Trial> trials;
    private SearchRecord record;
    private long startedAt;
    private volatile boolean stopRequested;
    private volatile Trainer trainer;

    /** How a search ended. */
    public enum End {
        COMPLETE,
        TIME,
        STOPPED
    }

    /**
     * @param folder that exists
     * @param record the search as it is, with nothing found or as it was left
     * @param maxSeconds of the whole search, earlier processes included
     */
    public Search(
            Path folder,
            SearchRecord record,
            Space space,
            double maxSeconds,
            Attempt.Maker maker,
            SearchListener listener) {
        this.folder = folder;
        this.record = record;
        this.space = space;
        this.maxSeconds = maxSeconds;
        this.maker = maker;
        this.listener = listener;
        this.trials = new ArrayList<>(record.trials());
    }

    /** The search as it is now. */
    public SearchRecord record() {
        return record;
    }

    /** Where the runs of a search lie. */
    public static Path runs(Path search) {
        return search.resolve(RUNS);
    }

    /** Where a run of a search lies. */
    public static Path folder(Path search, Trial trial) {
        return runs(search).resolve("%03d".formatted(trial.run()));
    }

    /** From any thread: the run that trains stops with a checkpoint, and the search with it. */
    public void requestStop() {
        stopRequested = true;
        Trainer training = trainer;
        if (training != null) {
            training.requestStop();
        }
    }

    /**
     * @throws LstmGpuException if the first run is refused for what no setting has to do with, or a run cannot be
     *     written
     */
    public End run() {
        startedAt = System.nanoTime();
        double before = record.seconds();
        while (true) {
            Halving.Job job = next();
            if (job == null) {
                return End.COMPLETE;
            }
            Trial climbed = seconds(before) >= maxSeconds || stopRequested ? null : climbed(job, before);
            if (climbed == null) {
                save(before);
                return stopRequested ? End.STOPPED : End.TIME;
            }
            if (climbed.run() > trials.size()) {
                trials.add(climbed);
            } else {
                trials.set(climbed.run() - 1, climbed);
            }
            save(before);
            tellTensorBoard(climbed);
            listener.told(climbed);
        }
    }

    private double seconds(double before) {
        return before + (System.nanoTime() - startedAt) * NANOS;
    }

    private void save(double before) {
        record = record.with(seconds(before), trials);
        SearchFile.write(folder, record);
    }

    /** A file for each rung, so that nothing is told twice, however often the search goes on. */
    private void tellTensorBoard(Trial trial) {
        Map<String, String> settings = new LinkedHashMap<>();
        trial.settings().forEach((flag, value) -> settings.put(flag.substring(2), value));
        List<SessionEvents.Reached> reached = trial.isSound()
                ? List.of(new SessionEvents.Reached(trial.marks().getLast().steps(), trial.loss()))
                : List.of();
        int number = trial.rungs() + (trial.isSound() ? 0 : 1);
        Path session = folder.resolve(TENSORBOARD).resolve("%03d".formatted(trial.run()));
        SessionEvents.write(session, number, settings, reached, trial.isSound());
    }

    private Halving.Job next() {
        boolean all = record.runs() > 0 && trials.size() >= record.runs();
        List<Map<String, String>> draws = all ? List.of() : space.first(record.seed(), trials.size() + 1);
        boolean drawn = draws.size() <= trials.size();
        Halving.Job job = record.halving().next(trials, drawn);
        return job != null || drawn ? job : new Halving.Job(Trial.drawn(trials.size() + 1, draws.getLast()), 0);
    }

    /** The run of a job with what it has come to; null if it was stopped on the way. */
    private Trial climbed(Halving.Job job, double before) {
        Trial trial = job.trial();
        try {
            return train(job, before);
        } catch (LstmGpuException failure) {
            return switch (failure.exitCode()) {
                case DIVERGED -> trial.givenUp(Trial.Status.DIVERGED, failure.getMessage());
                case USAGE, DATA, MEMORY -> {
                    requireSettings(trial, failure);
                    yield trial.givenUp(Trial.Status.REFUSED, failure.getMessage());
                }
                default -> throw failure;
            };
        }
    }

    /** What is refused without any drawn setting too would be refused in every run. */
    private void requireSettings(Trial trial, LstmGpuException refusal) {
        boolean first = trials.stream().noneMatch(other -> other.rungs() > 0);
        if (!first || refusal.exitCode() == ExitCode.MEMORY) {
            return;
        }
        try (Attempt plain = maker.of(Map.of(), folder(folder, trial))) {
            requireJudged(plain.run().task());
        } catch (LstmGpuException refused) {
            if (refused.getMessage().equals(refusal.getMessage())) {
                throw refused;
            }
        }
    }

    private Trial train(Halving.Job job, double before) {
        try (Attempt attempt = maker.of(job.trial().settings(), folder(folder, job.trial()))) {
            Task task = attempt.run().task();
            requireJudged(task);
            requireComparable(attempt);
            try (Backend backend = attempt.open()) {
                TrainingResult result = train(job, attempt, backend, before);
                if (result.reason() == TrainingResult.Reason.STOP_REQUESTED) {
                    return null;
                }
                if (job.rung() == record.rungs() - 1) {
                    attempt.completed(backend);
                }
                return job.trial()
                        .reached(
                                new Trial.Mark(result.steps(), result.bestLoss(), result.bestStep(), result.seconds()));
            }
        }
    }

    private TrainingResult train(Halving.Job job, Attempt attempt, Backend backend, double before) {
        TrainingListener hears = listener.climbs(job);
        try (Trainer training = new Trainer(
                        backend,
                        attempt.run().config(),
                        attempt.run().task(),
                        attempt.run().settings(),
                        new Clock(hears, () -> seconds(before) >= maxSeconds, this::stopTraining));
                ModelDirectory directory = attempt.directory()) {
            training.pauseAfter(record.halving().steps(job.rung(), training.totalSteps()));
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

    /** Losses in other units or over other data say nothing about which is better. */
    private void requireComparable(Attempt attempt) {
        Task task = attempt.run().task();
        String unit = task.measures().loss().unit();
        String judged = "%,d held-out %s, %,d outputs"
                .formatted(
                        task.heldOutLength(),
                        task.measures().plural(),
                        attempt.run().config().head().size());
        if (record.judged().isEmpty()) {
            record = record.judgedBy(unit, judged);
        } else if (!record.judged().equals(judged) || !record.lossUnit().equals(unit)) {
            throw LstmGpuException.usage(
                    "its loss cannot be compared: it is in %s over %s, where others have %s over %s",
                    unit, judged, record.lossUnit(), record.judged());
        }
    }
}
