package lstmgpu.inspect;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * The gradient over the distance, a curve a layer, as a share of that at distance 0 on a scale of powers of ten. Java
 * without graphics cannot load this class.
 */
final class GradientChart {
    private static final int WIDTH = 820;
    private static final int HEIGHT = 460;

    /** Where a curve that falls ends. */
    private static final double LOWEST = -6;

    private static final float[] DASHES = {5, 4};
    private static final BasicStroke DASHED =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, DASHES, 0);

    private GradientChart() {}

    /** An element of HTML. */
    static String svg(List<GradientReach> layers, OptionalInt trained) throws IOException {
        System.setProperty("java.awt.headless", "true");
        String file = new String(ChartImage.svg(chart(layers, trained), WIDTH, HEIGHT), StandardCharsets.UTF_8);
        return file.substring(file.indexOf("<svg"))
                .replaceFirst("<svg", "<svg role=\"img\" aria-label=\"the gradient over the distance, by layer\"");
    }

    private static JFreeChart chart(List<GradientReach> layers, OptionalInt trained) {
        XYSeriesCollection curves = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        for (GradientReach layer : layers) {
            XYSeries curve = new XYSeries("layer " + layer.layer());
            for (int k = 0; k <= layer.farthest() && Math.log10(layer.share(k)) >= LOWEST; k++) {
                curve.add(k, Math.log10(layer.share(k)));
            }
            int index = curves.getSeriesCount();
            curves.addSeries(curve);
            renderer.setSeriesPaint(index, ChartImage.PALETTE.get(index % ChartImage.PALETTE.size()));
            renderer.setSeriesStroke(index, ChartImage.LINE);
        }
        NumberAxis distance = new NumberAxis("tokens back");
        distance.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        NumberAxis share = new NumberAxis("size of the gradient, with that of the step itself as 1");
        share.setNumberFormatOverride(new PowersOfTen());
        share.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        ChartImage.style(distance);
        ChartImage.style(share);
        XYPlot plot = new XYPlot(curves, distance, share, renderer);
        plot.setDomainGridlinePaint(ChartImage.GRID);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        distance.setRange(0, layers.getFirst().farthest());
        ValueMarker vanished = marker(Math.log10(GradientReach.VANISHED), "1 %");
        vanished.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        vanished.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
        plot.addRangeMarker(vanished);
        trained.ifPresent(steps -> plot.addDomainMarker(marker(steps, "trained through %d steps".formatted(steps))));
        JFreeChart chart = ChartImage.on(plot, null);
        LegendTitle legend = ChartImage.legend(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        return chart;
    }

    private static ValueMarker marker(double value, String label) {
        ValueMarker marker = new ValueMarker(value, Color.GRAY, DASHED);
        marker.setLabel(label);
        marker.setLabelFont(ChartImage.FONT);
        marker.setLabelBackgroundColor(Color.WHITE);
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.TOP_LEFT);
        return marker;
    }

    /** Shows x as ten to the power of x. */
    private static final class PowersOfTen extends DecimalFormat {
        private static final long serialVersionUID = 1;

        PowersOfTen() {
            super("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
        }

        @Override
        public StringBuffer format(double exponent, StringBuffer to, java.text.FieldPosition position) {
            return super.format(Math.pow(10, exponent), to, position);
        }
    }
}
