package lstmgpu.task.forecast;

import java.util.List;

/**
 * What is forecast of a series.
 *
 * @param series that it is of
 * @param origin the last step that was known
 * @param points the forecast of each step of the horizon
 * @param bands for each level that was asked for, in its order
 */
public record Forecast(Series series, int origin, double[] points, List<Band> bands) {
    /**
     * Where values are to lie with some probability.
     *
     * @param level such as 0.8
     * @param lower of each step of the horizon
     * @param upper of each step of the horizon
     */
    public record Band(double level, double[] lower, double[] upper) {}
}
