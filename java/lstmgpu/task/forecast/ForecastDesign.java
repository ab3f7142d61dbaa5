package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Cycle;
import lstmgpu.data.table.Frequency;

/**
 * Decides how series are forecast; what is not asked for follows from the data.
 *
 * @param horizon steps to forecast
 * @param input steps to look back over; null to follow from season and horizon
 * @param season steps; null to find it
 * @param scale of the values; null to choose
 * @param heldOut steps to judge training by; null for a fifth of a series
 * @param test steps that training is not to see
 */
public record ForecastDesign(
        int horizon, Integer input, Integer season, Scale scale, Strategy strategy, Integer heldOut, int test) {
    private static final int PARTS = 5;
    private static final int USUAL_INPUT = 48;
    private static final int SEASONS_OF_INPUT = 3;
    private static final int LONGEST_SHORT_SEASON = 24;
    private static final int LEAST_INPUT = 2;
    private static final double LEAST_SPREAD = 1e-6;
    private static final int MOST_STEPS = 1 << 16;

    /** @throws LstmGpuException with exit code 2 if a number is out of range */
    public ForecastDesign {
        require("--horizon", horizon, 1, MOST_STEPS);
        require("--input-size", input, 1, MOST_STEPS);
        require("--season", season, 1, MOST_STEPS);
        require("--val-size", heldOut, 0, Integer.MAX_VALUE);
        require("--test-size", test, 0, Integer.MAX_VALUE);
    }

    private static void require(String flag, Integer value, int least, int most) {
        if (value != null) {
            LstmGpuException.requireRange(flag, value, least, most);
        }
    }

    /**
     * The model of these series.
     *
     * @throws LstmGpuException with exit code 3, naming file and line, if a series is shorter than a window
     */
    public ForecastModel of(SeriesTable table) {
        int shortest = shortest(table.series());
        int held = heldOut == null ? Math.max(horizon, shortest / PARTS) : heldOut;
        Season found = new Season(table.series().stream()
                .map(own -> own.firstValues(trained(own, held)))
                .toList());
        List<Cycle> cycles = cycles(table.frequency(), found);
        int length = season == null
                ? found.length(Arrays.stream(Cycle.values())
                        .map(table.frequency()::steps)
                        .filter(steps -> steps > 0)
                        .toList())
                : season;
        Scale chosen = scale == null ? Scale.following(seen(table.series()), length) : scale;
        int looksBack = input == null ? input(length, shortest - held) : input;
        ForecastModel.Windows windows = new ForecastModel.Windows(looksBack, horizon, strategy, held, test);
        table.series().forEach(own -> requireWindow(own, windows));
        return fitted(table, windows, length, chosen, cycles);
    }

    /** Steps of the shortest series before the test. */
    private int shortest(List<Series> all) {
        Series least = all.stream().min(Comparator.comparingInt(Series::length)).orElseThrow();
        requireLess(least, "--test-size", test);
        if (heldOut != null) {
            requireLess(least, test == 0 ? "--val-size" : "--val-size and --test-size", (long) heldOut + test);
        }
        return least.length() - test;
    }

    private static void requireLess(Series own, String flags, long steps) {
        if (steps >= own.length()) {
            throw LstmGpuException.data(
                    "%s has %s, of which %s would hold out %,d and leave none to train on; give longer series, or hold"
                            + " out fewer steps",
                    own.title(), Count.of(own.length(), "step"), flags, steps);
        }
    }

    /** Without what is for tests. */
    private List<Series> seen(List<Series> all) {
        return all.stream().map(own -> own.first(own.length() - test)).toList();
    }

    private int trained(Series own, int held) {
        return Math.max(1, own.length() - held - test);
    }

    /** Those of the calendar after which the series repeat themselves. */
    private static List<Cycle> cycles(Frequency frequency, Season season) {
        return Arrays.stream(Cycle.values())
                .filter(cycle -> frequency.steps(cycle) > 0 && season.repeatsAfter(frequency.steps(cycle)))
                .toList();
    }

    /** Not more than leaves a few windows of the shortest series. */
    private int input(int season, int trained) {
        int seasons = season > LONGEST_SHORT_SEASON ? USUAL_INPUT : SEASONS_OF_INPUT * season;
        int wanted = Math.max(Math.max(USUAL_INPUT / 2, 2 * horizon), season == Season.NONE ? USUAL_INPUT : seasons);
        return Math.max(LEAST_INPUT, Math.min(wanted, Math.max(trained / 2, trained - horizon - USUAL_INPUT)));
    }

    private void requireWindow(Series own, ForecastModel.Windows windows) {
        int needed = Math.addExact(windows.input(), Math.max(1, windows.targets()));
        int trained = own.length() - windows.heldOut() - windows.test();
        if (trained < needed) {
            throw LstmGpuException.data(
                    "%s has %s, of which %,d are held out, and a window needs %,d (--input-size %d and the steps"
                            + " to forecast); give longer series, or a smaller --input-size, --horizon or --val-size",
                    own.title(),
                    Count.of(own.length(), "step"),
                    windows.heldOut() + windows.test(),
                    needed,
                    windows.input());
        }
    }

    private ForecastModel fitted(
            SeriesTable table, ForecastModel.Windows windows, int length, Scale chosen, List<Cycle> cycles) {
        Map<String, ForecastModel.Known> known = new LinkedHashMap<>();
        for (Series own : table.series()) {
            int steps = own.length() - windows.test();
            int trained = steps - windows.heldOut();
            known.put(
                    own.name(),
                    new ForecastModel.Known(
                            chosen.fit(own.first(steps), trained),
                            ErrorSums.unit(own, steps, length),
                            own.times()[steps - 1],
                            null));
        }
        boolean missing = seen(table.series()).stream()
                .anyMatch(own -> Arrays.stream(own.firstValues(own.length())).anyMatch(Double::isNaN));
        ForecastModel.Sizes none = new ForecastModel.Sizes(1, 1, 1);
        ForecastModel byLast = new ForecastModel(
                table.columns(),
                table.format(),
                table.frequency(),
                windows,
                new ForecastModel.Guess(length, false, chosen),
                cycles,
                missing,
                none,
                covariates(table, windows),
                known,
                null);
        ForecastModel bySeason = with(byLast, new ForecastModel.Guess(length, true, chosen), none);
        double last = miss(byLast, table, false);
        boolean seasonal = length > Season.NONE && miss(bySeason, table, false) < last;
        ForecastModel best = seasonal ? bySeason : byLast;
        ForecastModel.Sizes sizes = new ForecastModel.Sizes(
                spread(best, table, 1), spread(best, table, length), Math.max(LEAST_SPREAD, miss(best, table, true)));
        return with(best, best.guess(), sizes).withRecent(table.series());
    }

    private static ForecastModel with(ForecastModel model, ForecastModel.Guess guess, ForecastModel.Sizes sizes) {
        return new ForecastModel(
                model.columns(),
                model.format(),
                model.frequency(),
                model.windows(),
                guess,
                model.cycles(),
                model.marksMissing(),
                sizes,
                model.covariates(),
                model.series(),
                null);
    }

    /** How far guesses are from what came, over what is trained on: the mean, or the root of the mean square. */
    private static double miss(ForecastModel model, SeriesTable table, boolean squared) {
        double sum = 0;
        long count = 0;
        for (Series own : table.series()) {
            ScaledSeries scaled = new ScaledSeries(model, trainedOf(model, own));
            for (int step = 0; step < scaled.length(); step++) {
                for (int ahead = 1; ahead <= model.windows().targets(); ahead++) {
                    double target = scaled.target(step, ahead);
                    if (!Double.isNaN(target)) {
                        sum += squared ? target * target : Math.abs(target);
                        count++;
                    }
                }
            }
        }
        double mean = count == 0 ? 0 : sum / count;
        return squared ? Math.sqrt(mean) : mean;
    }

    private static Series trainedOf(ForecastModel model, Series own) {
        return own.first(
                own.length() - model.windows().heldOut() - model.windows().test());
    }

    /** The root of the mean square of changes over so many steps. */
    private static double spread(ForecastModel model, SeriesTable table, int lag) {
        double sum = 0;
        long count = 0;
        for (Series own : table.series()) {
            ScaledSeries scaled = new ScaledSeries(model, trainedOf(model, own));
            for (int step = lag; step < scaled.length(); step++) {
                double change = scaled.value(step) - scaled.value(step - lag);
                if (!Double.isNaN(change)) {
                    sum += change * change;
                    count++;
                }
            }
        }
        return count == 0 || sum == 0 ? 1 : Math.max(LEAST_SPREAD, Math.sqrt(sum / count));
    }

    /** Of all series together: what a covariate means does not depend on the series. */
    private static List<Scale.Fitted> covariates(SeriesTable table, ForecastModel.Windows windows) {
        List<Scale.Fitted> scales = new ArrayList<>();
        int known = table.columns().known().size();
        for (int i = 0; i < known + table.columns().past().size(); i++) {
            int place = i;
            scales.add(Scale.STANDARD.fit(table.series().stream()
                    .flatMapToDouble(own -> DoubleStream.of(Arrays.copyOf(
                            place < known ? own.known()[place] : own.past()[place - known],
                            own.length() - windows.heldOut() - windows.test())))
                    .sorted()
                    .toArray()));
        }
        return scales;
    }
}
