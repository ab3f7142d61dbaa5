package lstmgpu.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.task.forecast.ForecastModel;

/**
 * What is forecast of a series.
 *
 * @param series its name; empty where there is one without a name
 * @param times of the steps, written as those of the data that the model was trained on; numbers where it had none
 * @param values of the steps, in the data's unit
 * @param bands in which values are to lie, by rising levels
 */
public record Forecast(String series, List<String> times, List<Double> values, List<Band> bands) {
    /** Copies the lists. */
    public Forecast {
        times = List.copyOf(times);
        values = List.copyOf(values);
        bands = List.copyOf(bands);
    }

    /**
     * Where values are to lie with some probability.
     *
     * @param level in percent, such as 80
     * @param lower end of each step, in the data's unit
     * @param upper end of each step
     */
    public record Band(double level, List<Double> lower, List<Double> upper) {
        /** Copies the lists. */
        public Band {
            lower = List.copyOf(lower);
            upper = List.copyOf(upper);
        }
    }

    static Forecast of(ForecastModel model, lstmgpu.task.forecast.Forecast inner) {
        long origin = inner.series().times()[inner.origin()];
        List<String> times = new ArrayList<>();
        for (int step = 0; step < inner.points().length; step++) {
            times.add(model.format().text(model.frequency().plus(origin, step + 1L)));
        }
        List<Band> bands = inner.bands().stream()
                .map(band -> new Band(percent(band.level()), list(band.lower()), list(band.upper())))
                .toList();
        return new Forecast(inner.series().name(), times, list(inner.points()), bands);
    }

    static double percent(double share) {
        return Math.round(share * 100_000) / 1000.0;
    }

    private static List<Double> list(double... values) {
        return Arrays.stream(values).boxed().toList();
    }
}
