package lstmgpu.tune;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.files.ChartImage;
import lstmgpu.store.MetricsFile;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The pictures of a search, as elements of HTML. Java without graphics cannot load this class. */
final class SearchCharts {
    private static final int WIDTH = 820;
    private static final int HEIGHT = 440;
    private static final int LOWER = 320;
    private static final Shape DOT = new Ellipse2D.Double(-4, -4, 8, 8);
    private static final Color OTHERS = new Color(0xA0A0A0);
    private static final BasicStroke BOLD = new BasicStroke(2.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke THIN = new BasicStroke(1.1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    /** Ranges of so many powers of ten get marks between them. */
    private static final double FEW_DECADES = 2;

    private static final double THIRD = 1.0 / 3;

    private final XYSeriesCollection series = new XYSeriesCollection();
    private final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);

    private SearchCharts() {}

    /**
     * The loss on what is held out over the time of training, a curve a run, the best one in colour.
     *
     * @param curves of the runs by their numbers
     * @param best the number of the best
     */
    static String overTime(Map<Integer, List<MetricsFile.Row>> curves, int best, String unit) throws IOException {
        SearchCharts chart = new SearchCharts();
        chart.addCurve(
                "run %d, the best".formatted(best),
                curves.getOrDefault(best, List.of()),
                ChartImage.PALETTE.getFirst(),
                BOLD);
        boolean[] named = {false};
        curves.forEach((run, rows) -> {
            if (run != best) {
                int index = chart.addCurve("other runs", rows, OTHERS, THIN);
                chart.renderer.setSeriesVisibleInLegend(index, !named[0]);
                named[0] = true;
            }
        });
        NumberAxis time = new NumberAxis("seconds of training");
        return chart.svg(time, unit, HEIGHT, "the held-out loss of all runs over the time of training");
    }

    private int addCurve(String name, List<MetricsFile.Row> rows, Color colour, BasicStroke stroke) {
        XYSeries curve = new XYSeries(series.getSeriesCount(), false);
        curve.setDescription(name);
        rows.stream()
                .filter(row -> Double.isFinite(row.validationLoss()))
                .forEach(row -> curve.add(row.seconds(), row.validationLoss()));
        int index = add(curve, colour);
        renderer.setSeriesStroke(index, stroke);
        renderer.setSeriesShapesVisible(index, curve.getItemCount() == 1 || stroke.equals(BOLD));
        return index;
    }

    private int add(XYSeries curve, Color colour) {
        series.addSeries(curve);
        int index = series.getSeriesCount() - 1;
        renderer.setSeriesPaint(index, colour);
        renderer.setSeriesShape(index, DOT);
        return index;
    }

    /** The loss over the values of a setting, a colour a rung: only runs of one rung can be compared. */
    static String effect(SearchRecord record, String flag) throws IOException {
        List<String> values = record.space().get(flag);
        boolean range = Dimension.isRange(values.getFirst());
        boolean log = range && values.getLast().equals(Dimension.LOG);
        SearchCharts chart = new SearchCharts();
        for (int rung = 0; rung < record.rungs(); rung++) {
            XYSeries points = new XYSeries(rung, false);
            String share = record.halving().shareText(rung);
            points.setDescription(rung == record.rungs() - 1 ? "after all steps" : "after " + share + " of the steps");
            for (Trial trial : record.trials()) {
                if (trial.rungs() > rung) {
                    String value = trial.settings().get(flag);
                    double place = range ? Double.parseDouble(value) : values.indexOf(value);
                    points.add(
                            log ? Math.log10(place) : place,
                            trial.marks().get(rung).loss());
                }
            }
            int index = chart.add(points, ChartImage.PALETTE.get(rung % ChartImage.PALETTE.size()));
            chart.renderer.setSeriesLinesVisible(index, false);
        }
        String name = flag.substring(2);
        return chart.svg(
                range ? numbers(name, values.getFirst(), log) : listed(name, values),
                record.lossUnit(),
                LOWER,
                "the held-out loss over " + name);
    }

    private static NumberAxis listed(String name, List<String> values) {
        SymbolAxis axis = new SymbolAxis(name, values.toArray(String[]::new));
        axis.setGridBandsVisible(false);
        return axis;
    }

    private static NumberAxis numbers(String name, String range, boolean log) {
        NumberAxis axis = new NumberAxis(name);
        axis.setAutoRangeIncludesZero(false);
        if (log) {
            String[] ends = range.split("\\.\\.");
            double decades = Math.log10(Double.parseDouble(ends[1]) / Double.parseDouble(ends[0]));
            axis.setTickUnit(new NumberTickUnit(decades > FEW_DECADES ? 1 : THIRD));
            axis.setNumberFormatOverride(new TenTo());
        }
        return axis;
    }

    private String svg(NumberAxis across, String unit, int height, String label) throws IOException {
        NumberAxis losses = new NumberAxis(unit);
        losses.setAutoRangeIncludesZero(false);
        ChartImage.style(across);
        ChartImage.style(losses);
        XYPlot plot = new XYPlot(series, across, losses, renderer);
        plot.setDomainGridlinePaint(ChartImage.GRID);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        renderer.setLegendItemLabelGenerator((data, i) -> series.getSeries(i).getDescription());
        JFreeChart chart = ChartImage.on(plot, null);
        LegendTitle legend = ChartImage.legend(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        String file = new String(ChartImage.svg(chart, WIDTH, height), StandardCharsets.UTF_8);
        return file.substring(file.indexOf("<svg"))
                .replaceFirst("<svg", "<svg role=\"img\" aria-label=\"%s\"".formatted(label));
    }

    /** Shows x as ten to the power of x, with two digits. */
    static final class TenTo extends DecimalFormat {
        private static final long serialVersionUID = 1;
        private static final MathContext DIGITS = new MathContext(2);

        TenTo() {
            super("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT));
        }

        @Override
        public StringBuffer format(double exponent, StringBuffer to, FieldPosition position) {
            BigDecimal value =
                    new BigDecimal(Math.pow(10, exponent)).round(DIGITS).stripTrailingZeros();
            return to.append(value.toPlainString());
        }
    }
}
