package lstmgpu.store;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTitleAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * The curves of a {@link LossChart}, on white, whatever lies around the picture. Java without graphics cannot load this
 * class.
 */
final class LossCurves {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;
    private static final Shape MARKER = new Ellipse2D.Double(-4.5, -4.5, 9, 9);
    private static final double CORNER = 0.985;

    /** Longer legends would hide curves, and stand below them. */
    private static final int MOST_LETTERS = 60;

    private final XYSeriesCollection series = new XYSeriesCollection();
    private final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    private final String title;

    private final String unit;

    LossCurves(String title, String unit) {
        this.unit = unit;
        this.title = title;
    }

    /** PNG or SVG; empty without a curve. */
    byte[] encode(boolean png) throws IOException {
        if (series.getSeriesCount() == 0) {
            return new byte[0];
        }
        return png ? ChartImage.png(chart(), WIDTH, HEIGHT) : ChartImage.svg(chart(), WIDTH, HEIGHT);
    }

    private JFreeChart chart() {
        NumberAxis steps = new NumberAxis("step");
        NumberAxis losses = new NumberAxis(unit);
        losses.setAutoRangeIncludesZero(false);
        steps.setAutoRangeIncludesZero(false);
        steps.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        steps.setNumberFormatOverride(new DecimalFormat("#,###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        ChartImage.style(steps);
        ChartImage.style(losses);
        XYPlot plot = new XYPlot(series, steps, losses, renderer);
        plot.setDomainGridlinePaint(ChartImage.GRID);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        JFreeChart chart = ChartImage.on(plot, title);
        LegendTitle legend = ChartImage.legend(plot);
        if (lettersOfNames() > MOST_LETTERS) {
            legend.setPosition(RectangleEdge.BOTTOM);
            chart.addSubtitle(legend);
        } else {
            plot.addAnnotation(new XYTitleAnnotation(CORNER, CORNER, legend, RectangleAnchor.TOP_RIGHT));
        }
        return chart;
    }

    private int lettersOfNames() {
        int letters = 0;
        for (int i = 0; i < series.getSeriesCount(); i++) {
            letters += series.getSeries(i).getDescription().length();
        }
        return letters;
    }

    /** @return whether there was anything to draw */
    boolean addCurve(String name, List<MetricsFile.Row> rows, ToDoubleFunction<MetricsFile.Row> value) {
        List<MetricsFile.Row> measured = rows.stream()
                .filter(row -> Double.isFinite(value.applyAsDouble(row)))
                .toList();
        if (measured.isEmpty()) {
            return false;
        }
        int curve = add(name, measured, value);
        renderer.setSeriesPaint(curve, ChartImage.PALETTE.get(curve % ChartImage.PALETTE.size()));
        renderer.setSeriesStroke(curve, ChartImage.LINE);
        renderer.setSeriesShapesVisible(curve, measured.size() == 1);
        return true;
    }

    private int add(String name, List<MetricsFile.Row> rows, ToDoubleFunction<MetricsFile.Row> value) {
        XYSeries curve = new XYSeries(series.getSeriesCount(), false);
        curve.setDescription(name);
        rows.forEach(row -> curve.add((double) row.step(), value.applyAsDouble(row)));
        series.addSeries(curve);
        int index = series.getSeriesCount() - 1;
        renderer.setSeriesShape(index, MARKER);
        renderer.setLegendItemLabelGenerator((data, i) -> series.getSeries(i).getDescription());
        return index;
    }

    /** Marks the lowest loss on the held-out text, if there is one. */
    void addBest(List<MetricsFile.Row> rows) {
        rows.stream()
                .filter(row -> Double.isFinite(row.validationLoss()))
                .min(Comparator.comparingDouble(MetricsFile.Row::validationLoss))
                .ifPresent(best -> {
                    int mark = add(
                            "best: %.4f at step %,d".formatted(best.validationLoss(), best.step()),
                            List.of(best),
                            MetricsFile.Row::validationLoss);
                    renderer.setSeriesPaint(mark, ChartImage.PALETTE.get(1));
                    renderer.setSeriesLinesVisible(mark, false);
                    renderer.setSeriesShapesVisible(mark, true);
                });
    }
}
