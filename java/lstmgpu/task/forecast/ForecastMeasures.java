package lstmgpu.task.forecast;

import java.util.List;
import lstmgpu.network.Head;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.network.Metric.Better;
import lstmgpu.network.ValueLoss;

/** What is measured of forecasts. */
public final class ForecastMeasures {
    static final Metric MAE = new Metric("mae", "", Better.LOWER, 4);
    static final Metric MASE = new Metric("mase", "", Better.LOWER, 4);
    private static final int DIGITS = 4;

    private ForecastMeasures() {}

    /** Of a network with this head. */
    public static Measures of(Head.Values head) {
        String loss =
                switch (head.loss()) {
                    case ValueLoss.Squared _ -> "squared error of scaled values";
                    case ValueLoss.Absolute _ -> "absolute error of scaled values";
                    case ValueLoss.Huber _ -> "Huber's error of scaled values";
                    case ValueLoss.Quantiles _ -> "quantile error of scaled values";
                };
        return new Measures("value", loss, DIGITS, List.of(MASE, MAE));
    }

    /** Which of the numbers that are predicted for a value is the forecast itself. */
    static int point(Head.Values head) {
        if (!(head.loss() instanceof ValueLoss.Quantiles quantiles)) {
            return 0;
        }
        int nearest = 0;
        for (int i = 1; i < quantiles.levels().size(); i++) {
            if (fromMedian(quantiles, i) < fromMedian(quantiles, nearest)) {
                nearest = i;
            }
        }
        return nearest;
    }

    private static double fromMedian(ValueLoss.Quantiles quantiles, int i) {
        return Math.abs(quantiles.levels().get(i) - 0.5);
    }
}
