package lstmgpu.task.forecast;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Rectangle;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Frequency;
import lstmgpu.files.ChartFile;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.axis.DateAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYDifferenceRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * A series with what is forecast of it, as SVG or, where the file's name ends so, PNG: what came in black, forecasts in
 * colour, and around them their bands, paler the wider they are. Java without graphics cannot load this class.
 */
public final class ForecastChart {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 460;
    private static final Color ACTUAL = new Color(0x333333);
    private static final Color FORECAST = new Color(0x0072B2);
    private static final int STRONGEST = 90;
    private static final double HISTORY = 3;

    private final Frequency frequency;
    private final boolean numbers;
    private final XYPlot plot = new XYPlot();

    private ForecastChart(Frequency frequency, boolean numbers) {
        this.frequency = frequency;
        this.numbers = numbers;
    }

    /**
     * Writes the picture.
     *
     * @param forecasts of one series, of which none begins before another one ends
     * @throws LstmGpuException with exit code 1 if this machine cannot draw
     */
    public static void write(ForecastModel model, List<Forecast> forecasts, Path file) {
        ChartFile.write(file, () -> {
            ForecastChart chart =
                    new ForecastChart(model.frequency(), model.format().isNumber());
            return new ChartFile.Sized(chart.draw(model.columns().target(), forecasts), WIDTH, HEIGHT);
        });
    }

    private JFreeChart draw(String target, List<Forecast> forecasts) {
        Series series = forecasts.getFirst().series();
        ValueAxis times =
                numbers ? numberAxis() : new DateAxis(null, TimeZone.getTimeZone(ZoneOffset.UTC), Locale.ROOT);
        NumberAxis values = new NumberAxis(target);
        values.setAutoRangeIncludesZero(false);
        ChartImage.style(times);
        ChartImage.style(values);
        plot.setDomainAxis(times);
        plot.setRangeAxis(values);
        plot.setDomainGridlinePaint(ChartImage.GRID);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        XYSeries actual = actual(series, forecasts);
        line(0, List.of(actual), ACTUAL, 1.4f);
        List<XYSeries> lines = forecasts.stream()
                .map(forecast -> line(forecast, forecast.points(), "forecast", true))
                .toList();
        line(1, lines, FORECAST, 2f);
        int levels = forecasts.getFirst().bands().size();
        for (int level = 0; level < levels; level++) {
            band(2 + level, level, forecasts);
        }
        JFreeChart chart = ChartImage.on(plot, series.name().isEmpty() ? null : series.name());
        LegendTitle legend = ChartImage.legend(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        return chart;
    }

    private static ValueAxis numberAxis() {
        NumberAxis axis = new NumberAxis();
        axis.setAutoRangeIncludesZero(false);
        axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        return axis;
    }

    /** With a few times as much before the forecasts as they are long. */
    private static XYSeries actual(Series series, List<Forecast> forecasts) {
        int first = forecasts.getFirst().origin();
        Forecast last = forecasts.getLast();
        int end = Math.min(series.length(), last.origin() + 1 + last.points().length);
        int shown = (int) (HISTORY * (last.origin() + last.points().length - first));
        XYSeries actual = new XYSeries("history", false);
        for (int step = Math.max(0, first - shown); step < end; step++) {
            actual.add(
                    (double) series.times()[step], Double.isNaN(series.values()[step]) ? null : series.values()[step]);
        }
        return actual;
    }

    /** @param joined whether the line begins at the last value that was known */
    private XYSeries line(Forecast forecast, double[] values, String name, boolean joined) {
        XYSeries line = new XYSeries(name + " " + forecast.origin(), false);
        line.setDescription(name);
        long origin = forecast.series().times()[forecast.origin()];
        double known = forecast.series().values()[forecast.origin()];
        if (joined && !Double.isNaN(known)) {
            line.add((double) origin, known);
        }
        for (int step = 0; step < values.length; step++) {
            line.add((double) time(forecast, step), values[step]);
        }
        return line;
    }

    private long time(Forecast forecast, int step) {
        int at = forecast.origin() + 1 + step;
        long[] times = forecast.series().times();
        return at < times.length ? times[at] : frequency.plus(times[forecast.origin()], step + 1L);
    }

    private void line(int dataset, List<XYSeries> lines, Color colour, float width) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        for (XYSeries own : lines) {
            data.addSeries(own);
            int place = data.getSeriesCount() - 1;
            renderer.setSeriesPaint(place, colour);
            renderer.setSeriesStroke(place, new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            renderer.setSeriesVisibleInLegend(place, place == 0);
        }
        renderer.setLegendItemLabelGenerator((own, place) -> lines.get(place).getDescription() == null
                ? "history"
                : lines.get(place).getDescription());
        plot.setDataset(dataset, data);
        plot.setRenderer(dataset, renderer);
    }

    private void band(int dataset, int level, List<Forecast> forecasts) {
        double share = forecasts.getFirst().bands().get(level).level();
        Color fill = new Color(
                FORECAST.getRed(), FORECAST.getGreen(), FORECAST.getBlue(), (int) (STRONGEST * (1.25 - share)));
        XYDifferenceRenderer renderer = new Filled(fill, percent(share) + " band");
        XYSeriesCollection data = new XYSeriesCollection();
        XYSeries upper = new XYSeries("upper", false);
        XYSeries lower = new XYSeries("lower", false);
        for (Forecast forecast : forecasts) {
            Forecast.Band band = forecast.bands().get(level);
            for (int step = 0; step < band.upper().length; step++) {
                upper.add((double) time(forecast, step), band.upper()[step]);
                lower.add((double) time(forecast, step), band.lower()[step]);
            }
        }
        data.addSeries(upper);
        data.addSeries(lower);
        renderer.setSeriesPaint(0, fill);
        renderer.setSeriesPaint(1, fill);
        renderer.setSeriesStroke(0, new BasicStroke(0.4f));
        renderer.setSeriesStroke(1, new BasicStroke(0.4f));
        plot.setDataset(dataset, data);
        plot.setRenderer(dataset, renderer);
    }

    /** Between two lines, with a filled place in the legend. */
    private static final class Filled extends XYDifferenceRenderer {
        private static final long serialVersionUID = 1;
        private static final Rectangle PLACE = new Rectangle(-8, -5, 16, 10);

        private final Color fill;
        private final String name;

        Filled(Color fill, String name) {
            super(fill, fill, false);
            this.fill = fill;
            this.name = name;
        }

        @Override
        public LegendItem getLegendItem(int dataset, int series) {
            return series > 0 ? null : new LegendItem(name, null, null, null, PLACE, fill);
        }
    }

    private static String percent(double share) {
        return Math.round(1000 * share) / 10.0 == Math.round(100 * share)
                ? Math.round(100 * share) + " %"
                : Math.round(1000 * share) / 10.0 + " %";
    }
}
