package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Row;
import lstmgpu.network.Network;
import lstmgpu.parallel.Exchange;
import lstmgpu.parallel.Peers;

/** Forecasts step by step: what was forecast is read as if it had come. */
final class RecursiveForecast {
    private static final int MOST_AT_ONCE = 256;

    private final Network network;
    private final ForecastModel model;
    private final Peers peers;

    /** @param peers who divide the origins */
    RecursiveForecast(Network network, ForecastModel model, Peers peers) {
        this.peers = peers;
        this.network = network;
        this.model = model;
    }

    /** Takes a whole forecast. */
    interface Taker {
        /** @param path the scaled forecast of each step of the horizon */
        void take(Forecaster.Origin origin, Scale.Fitted scale, double... path);
    }

    /** The end of a series, which grows by what is forecast. */
    private record Growing(Forecaster.Origin origin, Series series, Scale.Fitted scale, double[] path) {}

    /** All call it, and all are given everything, in the order of the origins. */
    void run(List<Forecaster.Origin> origins, Taker taker) {
        int horizon = model.windows().horizon();
        List<double[]> own = new ArrayList<>();
        int each = MOST_AT_ONCE * peers.size();
        for (int from = MOST_AT_ONCE * peers.rank(); from < origins.size(); from += each) {
            List<Growing> growing = origins.subList(from, Math.min(origins.size(), from + MOST_AT_ONCE)).stream()
                    .map(this::end)
                    .toList();
            for (int step = 0; step < horizon; step++) {
                forecast(growing, step);
            }
            growing.forEach(one -> own.add(one.path));
        }
        double[] paths = own.stream().flatMapToDouble(Arrays::stream).toArray();
        List<double[]> all = peers.size() == 1 ? List.of(paths) : Exchange.doubles(peers, paths);
        int[] taken = new int[peers.size()];
        for (int i = 0; i < origins.size(); i++) {
            int peer = i / MOST_AT_ONCE % peers.size();
            double[] path = Arrays.copyOfRange(all.get(peer), taken[peer], taken[peer] + horizon);
            taken[peer] += horizon;
            Forecaster.Origin origin = origins.get(i);
            taker.take(origin, model.scale(origin.series()), path);
        }
    }

    private void forecast(List<Growing> growing, int step) {
        int horizon = model.windows().horizon();
        List<ScaledSeries> scaled = growing.stream()
                .map(own -> new ScaledSeries(
                        model, own.series.first(own.series.values().length - horizon + step), own.scale))
                .toList();
        WindowRows rows = new WindowRows(model, scaled);
        List<WindowRows.Window> windows = new ArrayList<>();
        for (int i = 0; i < scaled.size(); i++) {
            windows.add(new WindowRows.Window(i, scaled.get(i).length() - 1));
        }
        try (Sweep sweep = new Sweep(network, rows, windows, MOST_AT_ONCE, false)) {
            sweep.run(Peers.ALONE, (window, predicted, _) -> {
                Growing own = growing.get(window.series());
                double next = rows.series(window).scaledForecast(window.origin(), 1, predicted[0]);
                own.path[step] = next;
                own.series.values()[window.origin() + 1] = own.scale.value(next);
            });
        }
    }

    /** The steps that forecasts look back over, with room for the horizon. */
    private Growing end(Forecaster.Origin origin) {
        Series whole = origin.series();
        int horizon = model.windows().horizon();
        int from = Math.max(
                0,
                origin.step() + 1 - model.windows().input() - 2 * model.guess().season() - 1);
        int known = origin.step() + 1 - from;
        int steps = known + horizon;
        double[] values = new double[steps];
        Arrays.fill(values, Double.NaN);
        System.arraycopy(whole.values(), from, values, 0, known);
        long[] times = Arrays.copyOf(Arrays.copyOfRange(whole.times(), from, origin.step() + 1), steps);
        Frequency frequency = model.frequency();
        for (int i = known; i < steps; i++) {
            times[i] = frequency.plus(times[known - 1], i - known + 1L);
        }
        double[][] covariates = Arrays.stream(whole.known())
                .map(column -> Arrays.copyOfRange(column, from, Math.min(column.length, from + steps)))
                .toArray(double[][]::new);
        Series end = new Series(
                whole.name(), whole.first(), times, new Row[steps], values, covariates, new double[0][], steps);
        return new Growing(origin, end, model.scale(whole), new double[horizon]);
    }
}
