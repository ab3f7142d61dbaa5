package lstmgpu.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.parallel.Peers;
import lstmgpu.store.SessionEvents;

/**
 * Trains run after run, each in a folder of its own, as {@link Halving} says, and writes down after each what was
 * found, so that the same search goes on from there. Several processes each train the next run that there is, one of
 * them writes, and none begins a rung before all that are below it have come, so that they find what one would.
 */
public final class Search {
    private static final String RUNS = "runs";
    private static final String TENSORBOARD = "tensorboard";
    private static final double NANOS = 1e-9;

    private final Path folder;
    private final Space space;
    private final Climber climber;
    private final SearchListener listener;
    private final Peers peers;
    private final double maxSeconds;
    private final double before;
    private final List<Trial> trials;
    private SearchRecord record;
    private long startedAt;

    /** How a search ended. */
    public enum End {
        COMPLETE,
        TIME,
        STOPPED
    }

    /**
     * @param folder that exists, the same for all peers
     * @param record the search as it is, with nothing found or as it was left
     * @param maxSeconds of the whole search, earlier processes included
     * @param peers who train its runs, each the next that there is
     */
    public Search(
            Path folder,
            SearchRecord record,
            Space space,
            double maxSeconds,
            Attempt.Maker maker,
            SearchListener listener,
            Peers peers) {
        this.folder = folder;
        this.record = record;
        this.space = space;
        this.maxSeconds = maxSeconds;
        this.before = record.seconds();
        this.climber = new Climber(folder, record.halving(), maker, this::timeOver);
        this.listener = listener;
        this.peers = peers;
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

    /** From any thread: the runs that train stop with a checkpoint, and the search with them. */
    public void requestStop() {
        climber.requestStop();
    }

    /**
     * All peers call it.
     *
     * @throws LstmGpuException if the first run is refused for what no setting has to do with, or a run cannot be
     *     written
     */
    public End run() {
        startedAt = System.nanoTime();
        if (peers.size() > 1) {
            try (SharedSearch shared = new SharedSearch(this, climber, peers)) {
                return shared.run();
            }
        }
        while (true) {
            Halving.Job job = next(List.of());
            if (job == null) {
                return End.COMPLETE;
            }
            Trial climbed = timeOver() || climber.stopRequested()
                    ? null
                    : climber.climb(job, isFirst(), this::require, listener.climbs(job));
            if (climbed == null) {
                save();
                return climber.stopRequested() ? End.STOPPED : End.TIME;
            }
            take(climbed);
        }
    }

    SearchListener listener() {
        return listener;
    }

    boolean timeOver() {
        return seconds() >= maxSeconds;
    }

    /** Whether no run has climbed a rung yet. */
    boolean isFirst() {
        return trials.stream().noneMatch(trial -> trial.rungs() > 0);
    }

    /** What is now known of a run, as the process knows it that writes. */
    void take(Trial climbed) {
        put(climbed);
        if (peers.rank() == 0) {
            save();
            tellTensorBoard(climbed);
            listener.told(climbed);
        } else {
            record = record.with(seconds(), trials);
        }
    }

    /** A run that has begun is one of the search, even if nothing is known of it. */
    void put(Trial trial) {
        if (trial.run() > trials.size()) {
            trials.add(trial);
        } else {
            trials.set(trial.run() - 1, trial);
        }
    }

    private double seconds() {
        return before + (System.nanoTime() - startedAt) * NANOS;
    }

    void save() {
        record = record.with(seconds(), trials);
        if (peers.rank() == 0) {
            SearchFile.write(folder, record);
        }
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

    /**
     * The run that climbs next; null if there is none now.
     *
     * @param busy what others are at
     */
    Halving.Job next(List<Halving.Job> busy) {
        boolean all = record.runs() > 0 && trials.size() >= record.runs();
        List<Map<String, String>> draws = all ? List.of() : space.first(record.seed(), trials.size() + 1);
        boolean drawn = draws.size() <= trials.size();
        Halving.Job job = record.halving().next(trials, drawn, busy);
        return job != null || drawn ? job : new Halving.Job(Trial.drawn(trials.size() + 1, draws.getLast()), 0);
    }

    /** What losses are measured on is the same for all runs. */
    void require(String unit, String judged) {
        record.requireComparable(unit, judged);
        if (record.judged().isEmpty()) {
            record = record.judgedBy(unit, judged);
        }
    }
}
