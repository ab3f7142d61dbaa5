package lstmgpu.task.forecast;

import lstmgpu.data.table.Cycle;

/** A series as a network reads it, and the guesses to which its predictions are added. */
final class ScaledSeries {
    /** Values further from the centre are told apart ever less, so that growth beyond what was seen stays familiar. */
    private static final double NEAR = 2;

    private final ForecastModel model;
    private final Series series;
    private final Scale.Fitted scale;
    private final double[] values;
    private final double[] filled;

    ScaledSeries(ForecastModel model, Series series) {
        this(model, series, model.scale(series));
    }

    ScaledSeries(ForecastModel model, Series series, Scale.Fitted scale) {
        this.model = model;
        this.series = series;
        this.scale = scale;
        this.values = new double[series.length()];
        this.filled = new double[series.length()];
        scale.scale().requireFit(series);
        double last = 0;
        for (int step = 0; step < values.length; step++) {
            values[step] = scale.scaled(series.values()[step]);
            last = Double.isNaN(values[step]) ? last : values[step];
            filled[step] = last;
        }
    }

    Series series() {
        return series;
    }

    int length() {
        return values.length;
    }

    Scale.Fitted scale() {
        return scale;
    }

    /** NaN where a value is missing. */
    double value(int step) {
        return values[step];
    }

    /** What a network reads at a step. */
    void features(int step, float[] out, int at) {
        int place = at;
        int season = model.guess().season();
        out[place++] = (float) Math.tanh(filled[step] / NEAR);
        out[place++] = (float) (change(step, 1) / model.sizes().change());
        if (season > Season.NONE) {
            out[place++] = (float) (change(step, season) / model.sizes().seasonalChange());
        }
        if (model.marksMissing()) {
            out[place++] = Double.isNaN(values[step]) ? 1 : 0;
        }
        for (Cycle cycle : model.cycles()) {
            double angle = 2 * Math.PI * cycle.phase(series.times()[step]);
            out[place++] = (float) Math.sin(angle);
            out[place++] = (float) Math.cos(angle);
        }
        covariates(step, out, place);
    }

    private void covariates(int step, float[] out, int at) {
        int place = at;
        double[][] known = series.known();
        for (int i = 0; i < known.length; i++) {
            for (int ahead = 0; ahead <= model.windows().targets(); ahead++) {
                // Behind the end of the table nobody asks for a forecast; such steps only have no target.
                int there = Math.min(step + ahead, known[i].length - 1);
                out[place++] = (float) model.covariates().get(i).scaled(known[i][there]);
            }
        }
        for (int i = 0; i < series.past().length; i++) {
            out[place++] = (float) model.covariates().get(known.length + i).scaled(series.past()[i][step]);
        }
    }

    private double change(int step, int lag) {
        return step < lag ? 0 : filled[step] - filled[step - lag];
    }

    /** The guess of the value so many steps behind a step, of which the past is known. */
    double guess(int step, int ahead) {
        int first = 0;
        while (first < step && Double.isNaN(values[first])) {
            first++;
        }
        return Double.isNaN(values[first])
                ? 0
                : Baseline.SEASONAL_NAIVE.forecast(
                        values, step + 1, ahead, model.guess().steps());
    }

    /** Whether the guess is the one that is meant: a season lies behind the step. */
    boolean hasGuess(int step, int ahead) {
        int season = model.guess().steps();
        int cycles = (ahead + season - 1) / season;
        return season == Season.NONE || step + ahead - cycles * season >= 0;
    }

    /** What a network is to predict; NaN where the value is missing or lies behind the end. */
    double target(int step, int ahead) {
        int at = step + ahead;
        return at >= values.length || !hasGuess(step, ahead)
                ? Double.NaN
                : (values[at] - guess(step, ahead)) / model.sizes().miss();
    }

    /** The value that a network's prediction means. */
    double scaledForecast(int step, int ahead, double predicted) {
        return guess(step, ahead) + model.sizes().miss() * predicted;
    }
}
