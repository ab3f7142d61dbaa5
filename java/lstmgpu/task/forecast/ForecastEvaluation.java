package lstmgpu.task.forecast;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Head;
import lstmgpu.network.Metric;
import lstmgpu.network.Network;
import lstmgpu.parallel.Peers;

/** Judges what a network forecasts from the last steps of windows. */
final class ForecastEvaluation implements Evaluation {
    private final WindowRows rows;
    private final Sweep sweep;
    private final Head.Values head;
    private final int point;
    private final Peers peers;

    ForecastEvaluation(Network network, WindowRows rows, List<WindowRows.Window> windows, int most, Peers peers) {
        this.peers = peers;
        this.rows = rows;
        this.head = (Head.Values) network.config().head();
        this.point = ForecastMeasures.point(head);
        this.sweep = new Sweep(network, rows, windows, most, true);
    }

    /** Sums over all windows. */
    private static final class Totals {
        private final ErrorSums errors = new ErrorSums();
        private double loss;
        private long losses;
    }

    @Override
    public EvaluationResult run() {
        long start = System.nanoTime();
        Totals totals = new Totals();
        sweep.run(peers, (window, predicted, losses) -> add(totals, window, predicted, losses));
        Map<Metric, Double> measured = new LinkedHashMap<>();
        measured.put(ForecastMeasures.MAE, totals.errors.mae());
        if (!Double.isNaN(totals.errors.mase())) {
            measured.put(ForecastMeasures.MASE, totals.errors.mase());
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new EvaluationResult(totals.loss / totals.losses, totals.errors.points(), seconds, measured);
    }

    private void add(Totals totals, WindowRows.Window window, float[] predicted, float[] losses) {
        ScaledSeries own = rows.series(window);
        int each = head.loss().predictions();
        double unit = rows.model().unit(own.series());
        for (int ahead = 1; ahead <= head.targets(); ahead++) {
            if (Double.isNaN(own.target(window.origin(), ahead))) {
                continue;
            }
            for (int i = 0; i < each; i++) {
                totals.loss += losses[(ahead - 1) * each + i];
                totals.losses++;
            }
            double scaled = own.scaledForecast(window.origin(), ahead, predicted[(ahead - 1) * each + point]);
            totals.errors.add(own.scale().value(scaled), own.series().values()[window.origin() + ahead], unit);
        }
    }

    @Override
    public void close() {
        sweep.close();
    }
}
