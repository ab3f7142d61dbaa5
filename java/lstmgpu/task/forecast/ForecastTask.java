package lstmgpu.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.SequenceBatches;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Feed;
import lstmgpu.network.Head;
import lstmgpu.network.Measures;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.SequenceFeed;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Batching;
import lstmgpu.task.DataSource;
import lstmgpu.task.Samples;
import lstmgpu.task.Task;

/**
 * The coming values of series, by one network for all of them: what a simple guess misses is predicted at every step of
 * a window. How series become what it reads lies beside the weights.
 */
public final class ForecastTask implements Task {
    /** What config.json calls it. */
    public static final String NAME = "forecast";

    /** Windows of held-out data that are judged at most, about. */
    static final int MOST_JUDGED = 2_000;

    private final ForecastModel model;
    private final List<Series> series;
    private final Head.Values head;
    private final DataSource source;
    private final int apart;

    /**
     * @param series whole ones; what is for tests is left alone
     * @param apart steps from the beginning of a window to that of the next
     */
    public ForecastTask(ForecastModel model, List<Series> series, Head.Values head, DataSource source, int apart) {
        this.apart = apart;
        this.model = model;
        this.series = List.copyOf(series);
        this.head = head;
        this.source = source;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Measures measures() {
        return ForecastMeasures.of(head);
    }

    /** The guesses alone miss by 1 in the root of the mean square. */
    @Override
    public double blindLoss() {
        return 1;
    }

    @Override
    public DataSource source() {
        return source;
    }

    private int trained(Series own) {
        return own.length() - model.windows().heldOut() - model.windows().test();
    }

    @Override
    public long trainingLength() {
        return series.stream().mapToLong(this::trained).sum();
    }

    @Override
    public long heldOutLength() {
        return (long) series.size() * model.windows().heldOut();
    }

    private WindowRows rows() {
        return WindowRows.of(
                model, series.stream().map(own -> own.first(trained(own))).toList());
    }

    private List<WindowRows.Window> windows(WindowRows rows) {
        return rows.windows(_ -> 0, own -> own.length() - 2, apart);
    }

    /** Windows of all series. */
    public int windows() {
        return windows(rows()).size();
    }

    @Override
    public BatchPlan plan(Batching batching) {
        int windows = windows();
        int input = model.windows().input();
        return BatchPlan.ofSequences(
                "the training part of " + source.name(),
                "window",
                windows,
                batching.batchSize(),
                input,
                (long) windows * input,
                batching.seed());
    }

    @Override
    public Feed feed(Backend backend, BatchPlan plan) {
        BatchSpec spec = plan.spec();
        WindowRows rows = rows();
        List<WindowRows.Window> windows = windows(rows);
        int[] lengths = new int[windows.size()];
        Arrays.fill(lengths, model.windows().input());
        // So that the weights of the targets that there are add up to the number of all.
        float weight = (float) (1 / rows.share(windows));
        return new SequenceFeed(
                backend,
                new SequenceBatches(lengths, spec.share().all(), spec.seed()),
                rows.starts(windows),
                spec.batch(),
                spec.share(),
                new SeriesTables(backend, rows, true, weight));
    }

    @Override
    public Evaluation evaluation(Network network, int sequences, int steps) {
        if (model.windows().heldOut() == 0) {
            return null;
        }
        List<Series> judged = series.stream()
                .map(own -> own.first(own.length() - model.windows().test()))
                .toList();
        WindowRows rows = WindowRows.of(model, judged);
        int held = model.windows().heldOut();
        int apart = (int) Math.ceilDiv((long) held * series.size(), MOST_JUDGED);
        int ahead = Math.min(held, model.windows().targets());
        List<WindowRows.Window> windows =
                rows.windows(own -> own.length() - held - 1, own -> own.length() - ahead - 1, apart);
        return new ForecastEvaluation(network, rows, windows, sequences, Peers.ALONE);
    }

    @Override
    public Samples samples(String prompt, int length, long seed) {
        return Samples.NONE;
    }

    @Override
    public Map<String, String> identity() {
        return Map.of(ForecastFile.NAME, ForecastFile.checksum(model));
    }

    @Override
    public void save(ModelDirectory directory, NetworkConfig config) {
        directory.saveConfig(config, NAME);
        ForecastFile.write(model, directory.taskFile(ForecastFile.NAME));
    }

    /** The output layer begins with nothing, so that the network begins with the guesses. */
    @Override
    public void begin(Network network) {
        Map<String, Tensor> weights = network.tensors();
        Arrays.fill(weights.get(Head.WEIGHT).values(), 0);
        Arrays.fill(weights.get(Head.BIAS).values(), 0);
        network.load(weights);
    }
}
