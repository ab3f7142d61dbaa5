package lstmgpu.task.forecast;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import lstmgpu.Count;
import lstmgpu.data.table.Cycle;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.TimeFormat;

/**
 * What {@code forecast.json} says: how series become what a network reads and predicts.
 *
 * @param columns of the tables
 * @param format in which times are written
 * @param frequency of the steps
 * @param windows of the network
 * @param guess what a network's forecast is added to
 * @param cycles of the calendar whose phase the network reads
 * @param marksMissing whether it reads which values are missing
 * @param sizes of what it reads and predicts
 * @param covariates the scales of the known ones, then of the past ones
 * @param series what is known of each, by its name
 * @param conformal how far forecasts may miss; null of quantiles, and before a network has been trained
 */
public record ForecastModel(
        Columns columns,
        TimeFormat format,
        Frequency frequency,
        Windows windows,
        Guess guess,
        List<Cycle> cycles,
        boolean marksMissing,
        Sizes sizes,
        List<Scale.Fitted> covariates,
        Map<String, Known> series,
        Conformal conformal) {
    private static final long MOST_RECENT = 200_000;

    public ForecastModel {
        cycles = List.copyOf(cycles);
        covariates = List.copyOf(covariates);
        series = Map.copyOf(series);
    }

    /**
     * @param input steps that a forecast looks back over
     * @param horizon steps that are forecast
     * @param strategy how
     * @param heldOut steps at the end of each series, before the test, by which training is judged
     * @param test steps at the very end that training does not see
     */
    public record Windows(int input, int horizon, Strategy strategy, int heldOut, int test) {
        /** Values that a network predicts at each step. */
        int targets() {
            return strategy == Strategy.DIRECT ? horizon : 1;
        }
    }

    /**
     * @param season steps, 1 where there is none; also that of the forecast beside which others are judged
     * @param seasonal whether the guess is the value a season ago rather than the last one
     * @param scale of the series
     */
    public record Guess(int season, boolean seasonal, Scale scale) {
        /** The season of {@link Baseline#SEASONAL_NAIVE} that guesses so. */
        int steps() {
            return seasonal ? season : Season.NONE;
        }
    }

    /**
     * Spreads over the data that was trained on, of scaled values.
     *
     * @param change from a step to the next
     * @param seasonalChange over a season
     * @param miss of the guess
     */
    public record Sizes(double change, double seasonalChange, double miss) {}

    /**
     * What a model knows of a series.
     *
     * @param scale of its values
     * @param unit the mean absolute error of the seasonal-naive forecast over what was trained on
     * @param trained the time of the last step that was trained on or held out
     * @param recent its last values; null where there are too many series to keep them
     */
    public record Known(Scale.Fitted scale, double unit, long trained, Recent recent) {}

    /**
     * The end of a series.
     *
     * @param last time of its last value
     * @param values up to there; NaN where one is missing
     */
    public record Recent(long last, List<Double> values) {
        public Recent {
            values = List.copyOf(values);
        }
    }

    /** What was decided, on a line. */
    public String summary() {
        String season = guess.season() > Season.NONE ? "season of %,d steps".formatted(guess.season()) : "no season";
        return "%s, scale %s; forecasts of %s from the last %,d, added to %s"
                .formatted(
                        season,
                        guess.scale().name().toLowerCase(Locale.ROOT),
                        Count.of(windows.horizon(), "step"),
                        windows.input(),
                        guess.seasonal() ? "the value a season ago" : "the last value");
    }

    /** Numbers that a network reads at each step. */
    public int features() {
        int seasonal = guess.season() > Season.NONE ? 1 : 0;
        int known = columns.known().size() * (1 + windows.targets());
        return 2
                + seasonal
                + (marksMissing ? 1 : 0)
                + 2 * cycles.size()
                + known
                + columns.past().size();
    }

    /** The same with what calibration has found. */
    public ForecastModel with(Conformal found) {
        return new ForecastModel(
                columns, format, frequency, windows, guess, cycles, marksMissing, sizes, covariates, series, found);
    }

    /**
     * The same with the ends of the series, so that they can be forecast without a table; without them where they are
     * too many, or covariates are needed too.
     */
    ForecastModel withRecent(List<Series> all) {
        int steps = windows.input() + 2 * guess.season() + windows.horizon();
        if ((long) steps * all.size() > MOST_RECENT || !covariates.isEmpty()) {
            return this;
        }
        Map<String, Known> known = new HashMap<>();
        for (Series own : all) {
            List<Double> values = DoubleStream.of(
                            Arrays.copyOfRange(own.values(), Math.max(0, own.length() - steps), own.length()))
                    .boxed()
                    .toList();
            Known before = series.get(own.name());
            Recent recent = new Recent(own.times()[own.length() - 1], values);
            known.put(own.name(), new Known(before.scale(), before.unit(), before.trained(), recent));
        }
        return new ForecastModel(
                columns, format, frequency, windows, guess, cycles, marksMissing, sizes, covariates, known, conformal);
    }

    /** The ends of series that the model keeps, by their names. */
    public List<Series> recent() {
        return series.entrySet().stream()
                .filter(known -> known.getValue().recent() != null)
                .sorted(Map.Entry.comparingByKey())
                .map(known -> recent(known.getKey(), known.getValue().recent()))
                .toList();
    }

    private Series recent(String name, Recent end) {
        int steps = end.values().size();
        long[] times = new long[steps];
        times[steps - 1] = end.last();
        for (int i = steps - 2; i >= 0; i--) {
            times[i] = frequency.plus(end.last(), i - (steps - 1L));
        }
        double[] values = end.values().stream().mapToDouble(Double::doubleValue).toArray();
        return new Series(name, null, times, new Row[steps], values, new double[0][], new double[0][], steps);
    }

    /** What errors of a series are divided by for MASE. */
    double unit(Series own) {
        Known known = series.get(own.name());
        return known == null ? ErrorSums.unit(own, own.length(), guess.season()) : known.unit();
    }

    /** The scale of a series; of one that the model does not know, that of the values given. */
    Scale.Fitted scale(Series own) {
        Known known = series.get(own.name());
        return known == null ? guess.scale().fit(own, own.length()) : known.scale();
    }
}
