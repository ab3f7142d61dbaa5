package lstmgpu.tune;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import lstmgpu.files.ChartFile;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The loss over the learning rate. */
public final class RateChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final Color SINGLE = new Color(0xA0A0A0);
    private static final float[] DASHES = {5, 4};
    private static final BasicStroke DASHED =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, DASHES, 0);

    /** Where a loss that explodes leaves the picture, as a share of the room below its beginning. */
    private static final double ABOVE = 0.5;

    private RateChart() {}

    /** Writes a picture as a whole, PNG where the name ends so and SVG otherwise. */
    public static void write(Path file, List<RateRange.Point> points, RateRange.Finding finding, String unit) {
        ChartFile.write(file, () -> new ChartFile.Sized(chart(points, finding, unit), WIDTH, HEIGHT));
    }

    private static JFreeChart chart(List<RateRange.Point> points, RateRange.Finding finding, String unit) {
        XYSeriesCollection curves = new XYSeriesCollection();
        curves.addSeries(curve("smoothed", points, RateRange.Point::smooth));
        curves.addSeries(curve("single steps", points, RateRange.Point::loss));
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setSeriesPaint(0, ChartImage.PALETTE.getFirst());
        renderer.setSeriesStroke(0, ChartImage.LINE);
        renderer.setSeriesPaint(1, SINGLE);
        NumberAxis rates = new NumberAxis("learning rate");
        rates.setAutoRangeIncludesZero(false);
        rates.setTickUnit(new NumberTickUnit(1));
        rates.setNumberFormatOverride(new SearchCharts.TenTo());
        NumberAxis losses = new NumberAxis(unit);
        double low = points.stream().mapToDouble(RateRange.Point::loss).min().orElseThrow();
        double high = points.getFirst().smooth();
        losses.setRange(low - 0.1 * (high - low), high + ABOVE * (high - low) + 0.01 * Math.abs(high));
        ChartImage.style(rates);
        ChartImage.style(losses);
        XYPlot plot = new XYPlot(curves, rates, losses, renderer);
        plot.setDomainGridlinePaint(ChartImage.GRID);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        if (finding != null) {
            plot.addDomainMarker(steepest(finding.steepest().rate()));
        }
        JFreeChart chart = ChartImage.on(plot, "Loss over the learning rate");
        LegendTitle legend = ChartImage.legend(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        return chart;
    }

    private static ValueMarker steepest(double rate) {
        ValueMarker marker = new ValueMarker(Math.log10(rate), Color.GRAY, DASHED);
        marker.setLabel("steepest");
        marker.setLabelFont(ChartImage.FONT);
        marker.setLabelBackgroundColor(Color.WHITE);
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.TOP_LEFT);
        return marker;
    }

    private static XYSeries curve(String name, List<RateRange.Point> points, ToDoubleFunction<RateRange.Point> value) {
        XYSeries curve = new XYSeries(name, false);
        points.forEach(point -> curve.add(Math.log10(point.rate()), value.applyAsDouble(point)));
        return curve;
    }
}
