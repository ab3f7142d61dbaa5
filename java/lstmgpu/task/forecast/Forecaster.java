package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Head;
import lstmgpu.network.Network;
import lstmgpu.network.ValueLoss;
import lstmgpu.parallel.Peers;

/** Forecasts series by a trained network. */
public final class Forecaster {
    private static final int MOST_AT_ONCE = 256;
    private static final double SAME = 1e-4;
    private static final List<Double> USUAL = List.of(0.8, 0.95);

    private final Network network;
    private final ForecastModel model;
    private final Head.Values head;
    private final int point;
    private final Peers peers;

    /** By this process alone. */
    public Forecaster(Network network, ForecastModel model) {
        this(network, model, Peers.ALONE);
    }

    /** @param peers who divide the origins, and all come to all forecasts, which are those of one */
    public Forecaster(Network network, ForecastModel model, Peers peers) {
        this.peers = peers;
        this.network = network;
        this.model = model;
        this.head = (Head.Values) network.config().head();
        this.point = ForecastMeasures.point(head);
    }

    /**
     * Where a forecast begins.
     *
     * @param series whole one; what follows the origin is not looked at, apart from covariates that are known
     * @param step the last one that is known
     */
    public record Origin(Series series, int step) {}

    /** Scaled numbers of each step of the horizon: [horizon][Q]. */
    private record Scaled(Origin origin, Scale.Fitted scale, double[][] numbers) {}

    /** The usual levels, or those that a network of quantiles was trained for; none where nothing is known of them. */
    public static List<Double> levels(ForecastModel model, Head.Values head) {
        if (head.loss() instanceof ValueLoss.Quantiles quantiles) {
            return quantiles.levels().stream()
                    .filter(level -> level < 0.5f && place(quantiles, 1 - level) >= 0)
                    .map(level -> Math.round((1 - 2 * level) * 1e4) / 1e4)
                    .sorted()
                    .toList();
        }
        return model.conformal() == null
                ? List.of()
                : USUAL.stream().filter(level -> hasMisses(model, level)).toList();
    }

    /**
     * Whether there are bands of these levels.
     *
     * @throws LstmGpuException with exit code 2 if there cannot be one of them
     */
    public static void requireLevels(ForecastModel model, Head.Values head, List<Double> levels) {
        for (double level : levels) {
            if (!(level > 0 && level < 1)) {
                throw LstmGpuException.usage("--level %s is out of range; levels lie between 0 and 100", 100 * level);
            }
            if (head.loss() instanceof ValueLoss.Quantiles quantiles) {
                if (place(quantiles, (1 - level) / 2) < 0 || place(quantiles, (1 + level) / 2) < 0) {
                    throw LstmGpuException.usage(
                            "--level %s: the model was trained for the quantiles %s; choose a level between two of"
                                    + " them, or train with this one",
                            100 * level, quantiles.levels());
                }
            } else if (model.conformal() == null) {
                throw LstmGpuException.usage(
                        "--level: the model has no held-out data to tell how far it may miss; train it with --val-size"
                                + " above 0 and to the end, or with --loss quantile");
            } else if (!hasMisses(model, level)) {
                throw LstmGpuException.usage(
                        "--level %s: such a band needs %,d forecasts of held-out data, and the model has %,d; choose a"
                                + " lower level, or train with a larger --val-size",
                        Math.round(1e7 * level) / 1e5,
                        Conformal.needed(level),
                        model.conformal().count());
            }
        }
    }

    private static boolean hasMisses(ForecastModel model, double level) {
        return model.conformal().count() >= Conformal.needed(level);
    }

    private static int place(ValueLoss.Quantiles quantiles, double level) {
        for (int i = 0; i < quantiles.levels().size(); i++) {
            if (Math.abs(quantiles.levels().get(i) - level) < SAME) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Judges a network at every step of whole series from which it can forecast.
     *
     * @param peers who divide the steps
     * @throws LstmGpuException with exit code 3 if no series is long enough
     */
    public static Evaluation evaluation(Network network, ForecastModel model, List<Series> series, Peers peers) {
        WindowRows rows = WindowRows.of(model, series);
        int ahead = model.windows().targets();
        List<WindowRows.Window> windows = rows.windows(_ -> 0, own -> own.length() - ahead - 1, 1);
        if (windows.isEmpty()) {
            throw LstmGpuException.data(
                    "%s has %s, and a forecast that is to be judged needs %,d; give a longer series",
                    series.getFirst().title(),
                    Count.of(series.getFirst().length(), "step"),
                    model.windows().input() + ahead);
        }
        return new ForecastEvaluation(network, rows, windows, MOST_AT_ONCE, peers);
    }

    /**
     * Forecasts from origins, in their order.
     *
     * @param levels of the bands, such as 0.8
     * @throws LstmGpuException with exit code 3, naming file and line, if a series has fewer steps than a window up to
     *     its origin
     */
    public List<Forecast> forecast(List<Origin> origins, List<Double> levels) {
        List<Forecast> forecasts = new ArrayList<>();
        scaled(origins, scaled -> forecasts.add(forecast(scaled, levels)));
        return forecasts;
    }

    private Forecast forecast(Scaled scaled, List<Double> levels) {
        int horizon = model.windows().horizon();
        double[] points = new double[horizon];
        for (int step = 0; step < horizon; step++) {
            points[step] = value(scaled, step, scaled.numbers[step][point]);
        }
        List<Forecast.Band> bands = new ArrayList<>();
        for (double level : levels) {
            double[] lower = new double[horizon];
            double[] upper = new double[horizon];
            for (int step = 0; step < horizon; step++) {
                double[] ends = ends(scaled.numbers[step], step, level);
                lower[step] = value(scaled, step, ends[0]);
                upper[step] = value(scaled, step, ends[1]);
            }
            bands.add(new Forecast.Band(level, lower, upper));
        }
        return new Forecast(scaled.origin.series(), scaled.origin.step(), points, bands);
    }

    private static double value(Scaled scaled, int step, double number) {
        double value = scaled.scale.value(number);
        if (!(Math.abs(value) <= Float.MAX_VALUE)) {
            throw LstmGpuException.data(
                    "%s: the forecast of step %,d, or its band, is beyond what single precision holds (%s); give values"
                            + " in a larger unit, or train with another --scale",
                    scaled.origin.series().title(), step + 1, value);
        }
        return value;
    }

    private double[] ends(double[] numbers, int step, double level) {
        if (head.loss() instanceof ValueLoss.Quantiles quantiles) {
            double first = numbers[place(quantiles, (1 - level) / 2)];
            double second = numbers[place(quantiles, (1 + level) / 2)];
            return new double[] {Math.min(first, second), Math.max(first, second)};
        }
        double reach = model.conformal().reach(step, level);
        return new double[] {numbers[point] - reach, numbers[point] + reach};
    }

    /**
     * Learns from data that was held out how far forecasts may miss.
     *
     * @param series whole ones, as they were trained on
     */
    public ForecastModel calibrated(List<Series> series) {
        if (head.loss() instanceof ValueLoss.Quantiles || model.windows().heldOut() == 0) {
            return model.with(null);
        }
        int horizon = model.windows().horizon();
        int held = model.windows().heldOut();
        int most = Math.max(1, Math.ceilDiv(ForecastTask.MOST_JUDGED, series.size()));
        int apart = Math.max(1, held / most);
        List<Origin> origins = new ArrayList<>();
        for (Series own : series) {
            Series known = own.first(own.length() - model.windows().test());
            int first = Math.max(known.length() - held - 1, model.windows().input() - 1);
            for (int step = first; step < known.length() - 1; step += apart) {
                origins.add(new Origin(known, step));
            }
        }
        List<double[]> residuals = new ArrayList<>();
        scaled(origins, scaled -> residuals.add(residuals(scaled, horizon)));
        return model.with(Conformal.of(residuals, horizon));
    }

    private double[] residuals(Scaled scaled, int horizon) {
        double[] residuals = new double[horizon];
        Series series = scaled.origin.series();
        for (int step = 0; step < horizon; step++) {
            int at = scaled.origin.step() + 1 + step;
            residuals[step] = at < series.length()
                    ? scaled.scale.scaled(series.values()[at]) - scaled.numbers[step][point]
                    : Double.NaN;
        }
        return residuals;
    }

    private void scaled(List<Origin> origins, Consumer<Scaled> taker) {
        origins.forEach(this::requireWindow);
        if (model.windows().strategy() == Strategy.RECURSIVE) {
            new RecursiveForecast(network, model, peers).run(origins, (origin, scale, path) -> {
                double[][] numbers = Arrays.stream(path)
                        .mapToObj(value -> new double[] {value})
                        .toArray(double[][]::new);
                taker.accept(new Scaled(origin, scale, numbers));
            });
            return;
        }
        IdentityHashMap<Series, Integer> numbers = new IdentityHashMap<>();
        List<Series> different = new ArrayList<>();
        List<WindowRows.Window> windows = new ArrayList<>();
        Map<WindowRows.Window, Integer> places = new HashMap<>();
        for (Origin origin : origins) {
            int number = numbers.computeIfAbsent(origin.series(), own -> {
                different.add(own);
                return different.size() - 1;
            });
            places.put(new WindowRows.Window(number, origin.step()), windows.size());
            windows.add(new WindowRows.Window(number, origin.step()));
        }
        WindowRows rows = WindowRows.of(model, different);
        Scaled[] found = new Scaled[origins.size()];
        try (Sweep sweep = new Sweep(network, rows, windows, MOST_AT_ONCE, false)) {
            sweep.run(peers, (window, predicted, _) -> {
                int place = places.get(window);
                ScaledSeries own = rows.series(window);
                found[place] = new Scaled(origins.get(place), own.scale(), numbers(own, window.origin(), predicted));
            });
        }
        Arrays.stream(found).forEach(taker);
    }

    private double[][] numbers(ScaledSeries own, int origin, float... predicted) {
        int each = head.loss().predictions();
        double[][] numbers = new double[head.targets()][each];
        for (int step = 0; step < numbers.length; step++) {
            for (int i = 0; i < each; i++) {
                numbers[step][i] = own.scaledForecast(origin, step + 1, predicted[step * each + i]);
            }
        }
        return numbers;
    }

    private void requireWindow(Origin origin) {
        int input = model.windows().input();
        if (origin.step() + 1 < input) {
            throw LstmGpuException.data(
                    "%s has %s up to where the forecast begins, and a window needs %,d; give a longer series",
                    origin.series().title(), Count.of(origin.step() + 1, "step"), input);
        }
        if (Arrays.stream(origin.series().values(), origin.step() + 1 - input, origin.step() + 1)
                .allMatch(Double::isNaN)) {
            throw LstmGpuException.data(
                    "%s has no value among the %,d steps before a forecast; give it some",
                    origin.series().title(), input);
        }
    }
}
