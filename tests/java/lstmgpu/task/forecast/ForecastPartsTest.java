package lstmgpu.task.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.TimeFormat;
import lstmgpu.network.Head;
import lstmgpu.network.ValueLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scales, seasons, simple forecasts, errors and bands, each by itself. */
class ForecastPartsTest {
    static Series series(double... values) {
        long[] times = IntStream.range(0, values.length).mapToLong(i -> i + 1).toArray();
        return new Series(
                "", null, times, new Row[values.length], values, new double[0][], new double[0][], values.length);
    }

    static double[] values(int steps, IntToDoubleFunction formula) {
        return IntStream.range(0, steps).mapToDouble(formula).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void scalesAreReversedAndFinite(Scale scale) {
        for (double[] values : List.of(
                new double[] {3, 3, 3}, new double[] {0, 0, 0, 9}, new double[] {1, Double.NaN, 2, 50, 7, 12})) {
            Scale.Fitted fitted = scale.fit(series(values), values.length);
            for (double value : values) {
                double scaled = fitted.scaled(value);
                assertEquals(Double.isNaN(value), Double.isNaN(scaled));
                assertTrue(Double.isNaN(value) || Double.isFinite(scaled), scale + " of " + value);
                assertEquals(value, fitted.value(scaled), 1e-9);
            }
        }
    }

    @Test
    void scalesAreWhatTheirNamesSay() {
        Series series = series(2, 4, 4, 4, 5, 5, 7, 9);
        assertEquals(new Scale.Fitted(Scale.STANDARD, 5, 2), Scale.STANDARD.fit(series, 8));
        assertEquals(new Scale.Fitted(Scale.MINMAX, 2, 7), Scale.MINMAX.fit(series, 8));
        assertEquals(new Scale.Fitted(Scale.NONE, 0, 1), Scale.NONE.fit(series, 8));
        assertEquals(5, Scale.ROBUST.fit(series, 8).center());
        assertEquals(new Scale.Fitted(Scale.STANDARD, 3, 1), Scale.STANDARD.fit(series(3, 3), 2));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> Scale.LOG.fit(series(1, -1), 2));
        assertTrue(refusal.getMessage().contains("--scale"), refusal.getMessage());
    }

    @Test
    void whatGrowsByPercentIsScaledByItsLogarithm() {
        IntToDoubleFunction season = i -> Math.sin(i * Math.PI / 6);
        Series grows = series(values(96, i -> 100 * Math.exp(0.02 * i) * (1 + 0.2 * season.applyAsDouble(i))));
        Series level = series(values(96, i -> 100 + 2 * i + 20 * season.applyAsDouble(i)));
        assertEquals(Scale.LOG, Scale.following(List.of(grows), 12));
        assertEquals(Scale.STANDARD, Scale.following(List.of(level), 12));
        assertEquals(Scale.STANDARD, Scale.following(List.of(series(-1, 2)), 1));
    }

    @Test
    void seasonsAreFoundWhereThereAreSome() {
        SplittableRandom random = new SplittableRandom(1);
        double[] monthly = values(120, i -> 0.5 * i + 10 * Math.sin(i * Math.PI / 6) + random.nextDouble());
        assertEquals(12, new Season(List.of(monthly)).length(List.of(12)));
        double[] eleven = values(300, i -> 10 * Math.sin(i * 2 * Math.PI / 33) + random.nextDouble());
        assertEquals(33, new Season(List.of(eleven)).length(List.of(12)), 1);
        assertFalse(new Season(List.of(eleven)).repeatsAfter(12));
        double[] slow = values(900, i -> 10 * Math.sin(i * 2 * Math.PI / 130) + random.nextDouble());
        assertEquals(
                130, new Season(List.of(slow)).length(List.of(12)), 2, "what changes slowly repeats itself no sooner");
        double[] noise = values(300, _ -> random.nextDouble());
        assertEquals(Season.NONE, new Season(List.of(noise)).length(List.of(12)));
        assertEquals(Season.NONE, new Season(List.of(values(50, _ -> 7))).length(List.of(12)));
        double[] gaps = monthly.clone();
        gaps[17] = Double.NaN;
        gaps[40] = Double.NaN;
        assertEquals(12, new Season(List.of(gaps)).length(List.of(12)));
    }

    @Test
    void simpleForecasts() {
        double[] values = {1, 2, 3, 4, 5, Double.NaN};
        assertEquals(4, Baseline.SEASONAL_NAIVE.forecast(values, 5, 2, 3));
        assertEquals(3, Baseline.SEASONAL_NAIVE.forecast(values, 5, 4, 3));
        assertEquals(5, Baseline.SEASONAL_NAIVE.forecast(values, 5, 2, 1));
        assertEquals(3, Baseline.SEASONAL_NAIVE.forecast(values, 6, 3, 3), "a season before the missing value");
        assertEquals(5, Baseline.SEASONAL_NAIVE.forecast(values, 6, 1, 1), "the last value that is there");
        assertEquals(7, Baseline.DRIFT.forecast(values, 5, 2, 1));
        assertEquals(8, Baseline.DRIFT.forecast(values, 6, 2, 1), "steps count where values are missing");
        assertEquals(3, Baseline.DRIFT.forecast(new double[] {3}, 1, 9, 1));
    }

    @Test
    void errorsAreThoseOfTheirFormulas() {
        ErrorSums errors = new ErrorSums();
        errors.add(3, 1, 4);
        errors.add(0, 0, 0);
        errors.add(1, 5, 4);
        assertEquals(2, errors.mae());
        assertEquals(Math.sqrt(20.0 / 3), errors.rmse(), 1e-12);
        assertEquals(100 * (1 + 0 + 4 / 3.0) / 3, errors.smape(), 1e-12);
        assertEquals(0.75, errors.mase());
        assertEquals(3, errors.points());
        ErrorSums constant = new ErrorSums();
        constant.add(1, 1, ErrorSums.unit(series(7, 7, 7), 3, 1));
        assertTrue(Double.isNaN(constant.mase()));
        assertEquals(2, ErrorSums.unit(series(1, Double.NaN, 3, 5), 4, 2), "without the pair that lacks one");
    }

    @Test
    void bandsHoldTheirShareOfWhatComes() {
        SplittableRandom random = new SplittableRandom(7);
        List<double[]> residuals = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            residuals.add(new double[] {random.nextGaussian(), 3 * random.nextGaussian()});
        }
        residuals.add(new double[] {Double.NaN, 1});
        Conformal conformal = Conformal.of(residuals, 2);
        for (double level : new double[] {0.5, 0.8, 0.95}) {
            int inside = 0;
            for (int i = 0; i < 4000; i++) {
                inside += Math.abs(random.nextGaussian()) <= conformal.reach(0, level) ? 1 : 0;
                inside += Math.abs(3 * random.nextGaussian()) <= conformal.reach(1, level) ? 1 : 0;
            }
            assertEquals(level, inside / 8000.0, 0.03);
        }
        assertTrue(conformal.misses().size() <= 1000 && conformal.count() == 4001);
        assertNull(Conformal.of(List.of(), 2));
        assertEquals(0, Conformal.of(List.of(new double[] {0, 0}), 2).reach(1, 0.8), "nothing is divided by zero");
    }

    @Test
    void aBandNeedsMissesEnough() {
        assertEquals(
                List.of(4L, 19L, 999L),
                List.of(0.8, 0.95, 0.999).stream().map(Conformal::needed).toList());
        Head.Values head = new Head.Values(1, new ValueLoss.Absolute());
        ForecastModel model = new ForecastDesign(1, 12, 1, Scale.STANDARD, Strategy.DIRECT, 8, 0)
                .of(table(values(60, i -> i % 7)))
                .with(new Conformal(List.of(1.0), List.of(1.0, 1.0, 1.0, 1.0, 2.0), 5));
        assertEquals(List.of(0.8), Forecaster.levels(model, head));
        Forecaster.requireLevels(model, head, List.of(0.8));
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> Forecaster.requireLevels(model, head, List.of(0.999)));
        assertTrue(refusal.getMessage().contains("--level 99.9: such a band needs 999"), refusal.getMessage());
    }

    /** What lies behind a step must not reach what is read there, nor the guess. */
    @Test
    void nothingIsReadOfWhatIsToCome() {
        double[] values = values(60, i -> 100 + i + 10 * Math.sin(i * Math.PI / 6));
        double[] others = values.clone();
        Arrays.fill(others, 40, 60, 1e4);
        SeriesTable table = new SeriesTable(
                SeriesTableTest.NOTHING_ASKED,
                TimeFormat.NUMBER,
                new Frequency(Frequency.Unit.NUMBERS, 1),
                List.of(series(values)),
                0);
        ForecastModel model = new ForecastDesign(6, 12, 12, Scale.STANDARD, Strategy.DIRECT, 8, 0).of(table);
        ScaledSeries known = new ScaledSeries(model, series(values));
        ScaledSeries changed = new ScaledSeries(model, series(others));
        float[] first = new float[model.features()];
        float[] second = new float[model.features()];
        known.features(39, first, 0);
        changed.features(39, second, 0);
        assertEquals(Arrays.toString(first), Arrays.toString(second));
        assertEquals(known.guess(39, 6), changed.guess(39, 6));
        assertFalse(known.target(39, 1) == changed.target(39, 1));
        assertEquals(
                known.value(45), known.scaledForecast(39, 6, known.target(39, 6)), 1e-9, "a target is undone exactly");
        changed.features(41, second, 0);
        known.features(41, first, 0);
        assertFalse(Arrays.equals(first, second));
    }

    private static SeriesTable table(double... values) {
        return new SeriesTable(
                SeriesTableTest.NOTHING_ASKED,
                TimeFormat.NUMBER,
                new Frequency(Frequency.Unit.NUMBERS, 1),
                List.of(series(values)),
                0);
    }

    @Test
    void nothingIsDecidedByTheTest() {
        IntToDoubleFunction grows = i -> 100 * Math.exp(0.02 * i) * (1 + 0.2 * Math.sin(i * Math.PI / 6));
        double[] values = values(120, grows);
        ForecastDesign design = new ForecastDesign(6, 12, 12, null, Strategy.DIRECT, 12, 24);
        ForecastModel model = design.of(table(values));
        values[100] = -5;
        values[101] = Double.NaN;
        ForecastModel other = design.of(table(values));
        assertEquals(Scale.LOG, other.guess().scale());
        assertEquals(model.sizes(), other.sizes());
        assertFalse(other.marksMissing());
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class, () -> new ScaledSeries(other, series(values)), "its values are no logarithms");
        assertTrue(refusal.getMessage().contains("negative"), refusal.getMessage());
        values[90] = -5;
        assertEquals(Scale.STANDARD, design.of(table(values)).guess().scale());
    }

    @Test
    void whatLeavesNothingToTrainOnIsNamed() {
        for (int test : new int[] {60, 500, Integer.MAX_VALUE}) {
            ForecastDesign design = new ForecastDesign(6, null, null, null, Strategy.DIRECT, null, test);
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> design.of(table(new double[60])));
            assertTrue(refusal.getMessage().contains("60 steps, of which --test-size"), refusal.getMessage());
            ForecastDesign held = new ForecastDesign(6, null, null, null, Strategy.DIRECT, test, 20);
            LstmGpuException other = assertThrows(LstmGpuException.class, () -> held.of(table(new double[60])));
            assertTrue(other.getMessage().contains("--val-size and --test-size"), other.getMessage());
        }
    }

    @Test
    void missingValuesAreNoTargetsAndAreMarked() {
        double[] values = values(60, i -> 100 + i);
        values[30] = Double.NaN;
        SeriesTable table = new SeriesTable(
                SeriesTableTest.NOTHING_ASKED,
                TimeFormat.NUMBER,
                new Frequency(Frequency.Unit.NUMBERS, 1),
                List.of(series(values)),
                0);
        ForecastModel model = new ForecastDesign(3, 12, 1, Scale.STANDARD, Strategy.DIRECT, 8, 0).of(table);
        WindowRows rows = WindowRows.of(model, table.series());
        float[] targets = rows.targets();
        assertTrue(Float.isNaN(targets[(1 + 29) * 3]) && Float.isNaN(targets[(1 + 28) * 3 + 1]));
        assertFalse(Float.isNaN(targets[(1 + 30) * 3]));
        ScaledSeries scaled = new ScaledSeries(model, table.series().getFirst());
        float[] before = new float[model.features()];
        float[] at = new float[model.features()];
        scaled.features(29, before, 0);
        scaled.features(30, at, 0);
        assertEquals(before[0], at[0], "the last value stands for the missing one");
        assertEquals(1, at[2]);
        assertEquals(0, before[2]);
    }
}
