package lstmgpu.model;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The curves of a {@link LossChart}, on white, whatever lies around the picture. Java without graphics cannot load this class. */
final class LossCurves {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;
    private static final float LINE_WIDTH = 1.6f;
    private static final int MARKER_SIZE = 9;
    private static final Color PAPER = Color.WHITE;
    private static final Color GRID = new Color(0xE0E0E0);

    /** The palette of Okabe and Ito (2008), which differs for every kind of colour vision. */
    private static final Color[] PALETTE = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x000000)
    };

    private final XYChart chart;
    private int curves;

    LossCurves(String title) {
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("step")
                .yAxisTitle("nats a token")
                .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.InsideNE)
                .setChartBackgroundColor(PAPER)
                .setLegendBackgroundColor(PAPER)
                .setLegendBorderColor(GRID);
        chart.getStyler().setPlotBackgroundColor(PAPER).setPlotBorderColor(GRID);
        chart.getStyler().setPlotGridLinesColor(GRID);
        chart.getStyler().setXAxisDecimalPattern("#,###");
    }

    /** PNG or SVG; empty without a curve. */
    byte[] encode(boolean png) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (curves > 0 && png) {
            BitmapEncoder.saveBitmap(chart, bytes, BitmapFormat.PNG);
        } else if (curves > 0) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        }
        return bytes.toByteArray();
    }

    /** @return whether there was anything to draw */
    boolean addCurve(String name, List<MetricsFile.Row> rows, ToDoubleFunction<MetricsFile.Row> value) {
        List<MetricsFile.Row> measured = rows.stream()
                .filter(row -> Double.isFinite(value.applyAsDouble(row)))
                .toList();
        if (measured.isEmpty()) {
            return false;
        }
        List<Long> steps = measured.stream().map(MetricsFile.Row::step).toList();
        List<Double> losses = new ArrayList<>();
        measured.forEach(row -> losses.add(value.applyAsDouble(row)));
        XYSeries curve = chart.addSeries(name, steps, losses);
        curve.setMarker(measured.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        curve.setLineWidth(LINE_WIDTH).setLineColor(PALETTE[curves % PALETTE.length]);
        curve.setMarkerColor(PALETTE[curves % PALETTE.length]);
        curves++;
        return true;
    }

    /** Marks the lowest loss on the held-out text, if there is one. */
    void addBest(List<MetricsFile.Row> rows) {
        rows.stream()
                .filter(row -> Double.isFinite(row.validationLoss()))
                .min(Comparator.comparingDouble(MetricsFile.Row::validationLoss))
                .ifPresent(best -> {
                    XYSeries mark = chart.addSeries(
                            "best: %.4f at step %,d".formatted(best.validationLoss(), best.step()),
                            List.of(best.step()),
                            List.of(best.validationLoss()));
                    mark.setMarker(SeriesMarkers.CIRCLE).setLineStyle(SeriesLines.NONE);
                    mark.setMarkerColor(PALETTE[1]);
                    chart.getStyler().setMarkerSize(MARKER_SIZE);
                });
    }
}
