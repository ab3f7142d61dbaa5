package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The steps of series as rows of tables, one series behind the other from row 1 on, and the windows that are read from
 * them; row 0 is for padding.
 */
final class WindowRows {
    private final ForecastModel model;
    private final List<ScaledSeries> series = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();
    private final int rows;

    /**
     * A window.
     *
     * @param series its number
     * @param origin its last step, behind which values are forecast
     */
    record Window(int series, int origin) {}

    WindowRows(ForecastModel model, List<ScaledSeries> all) {
        this.model = model;
        int count = 1;
        for (ScaledSeries own : all) {
            series.add(own);
            offsets.add(count);
            count = Math.addExact(count, own.length());
        }
        this.rows = count;
    }

    /** Of the steps of these series. */
    static WindowRows of(ForecastModel model, List<Series> all) {
        return new WindowRows(
                model, all.stream().map(own -> new ScaledSeries(model, own)).toList());
    }

    ForecastModel model() {
        return model;
    }

    ScaledSeries series(Window window) {
        return series.get(window.series());
    }

    /**
     * Windows whose origins lie so many steps apart.
     *
     * @param from the first origin of a series, of which none is before a whole window; the windows are counted from
     *     the last origin on
     * @param to the last origin
     */
    List<Window> windows(ToIntFunction<ScaledSeries> from, ToIntFunction<ScaledSeries> to, int apart) {
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < series.size(); i++) {
            int first = Math.max(model.windows().input() - 1, from.applyAsInt(series.get(i)));
            int last = Math.min(series.get(i).length() - 1, to.applyAsInt(series.get(i)));
            for (int origin = last - Math.max(0, last - first) / apart * apart; origin <= last; origin += apart) {
                if (origin >= first) {
                    windows.add(new Window(i, origin));
                }
            }
        }
        return windows;
    }

    /** How many of a window's targets there are, of 1, in the mean over windows. */
    double share(List<Window> windows) {
        float[] targets = targets();
        int width = model.windows().targets();
        long[] before = new long[rows + 1];
        for (int row = 0; row < rows; row++) {
            int there = 0;
            for (int i = 0; i < width; i++) {
                there += Float.isNaN(targets[row * width + i]) ? 0 : 1;
            }
            before[row + 1] = before[row] + there;
        }
        long sum = 0;
        for (int start : starts(windows)) {
            sum += before[start + model.windows().input()] - before[start];
        }
        return (double) sum / ((long) windows.size() * model.windows().input() * width);
    }

    /** The row with which each window begins. */
    int[] starts(List<Window> windows) {
        return windows.stream()
                .mapToInt(window -> offsets.get(window.series())
                        + window.origin()
                        - model.windows().input()
                        + 1)
                .toArray();
    }

    /** [rows, I]. */
    float[] features() {
        int width = model.features();
        float[] table = new float[Math.multiplyExact(rows, width)];
        for (int i = 0; i < series.size(); i++) {
            for (int step = 0; step < series.get(i).length(); step++) {
                series.get(i).features(step, table, (offsets.get(i) + step) * width);
            }
        }
        return table;
    }

    /** [rows, targets]; NaN where there is none. */
    float[] targets() {
        int width = model.windows().targets();
        float[] table = new float[Math.multiplyExact(rows, width)];
        Arrays.fill(table, Float.NaN);
        for (int i = 0; i < series.size(); i++) {
            for (int step = 0; step < series.get(i).length(); step++) {
                for (int ahead = 1; ahead <= width; ahead++) {
                    table[(offsets.get(i) + step) * width + ahead - 1] =
                            (float) series.get(i).target(step, ahead);
                }
            }
        }
        return table;
    }
}
