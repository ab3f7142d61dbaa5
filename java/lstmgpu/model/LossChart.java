package lstmgpu.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import lstmgpu.data.AtomicFiles;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** {@code loss.svg}: training and validation loss over the steps. */
public final class LossChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;

    private LossChart() {}

    /** This machine cannot draw; training goes on without the chart. */
    public static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(Throwable cause) {
            super(
                    "loss.svg is not drawn, because Java finds no fonts or graphics here (" + cause
                            + "); install fontconfig and a font, for example DejaVu, to get it",
                    cause);
        }
    }

    /** Replaces the file as a whole; without a finite value to draw, it does nothing. */
    static void write(Path file, List<MetricsFile.Row> rows) throws Unavailable {
        byte[] drawn = draw(rows);
        if (drawn.length > 0) {
            AtomicFiles.write(file, out -> out.write(drawn));
        }
    }

    private static byte[] draw(List<MetricsFile.Row> rows) throws Unavailable {
        System.setProperty("java.awt.headless", "true");
        try {
            XYChart chart = new XYChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title("Loss")
                    .xAxisTitle("step")
                    .yAxisTitle("nats a token")
                    .build();
            boolean training = addSeries(chart, "training", rows, MetricsFile.Row::trainLoss);
            boolean validation = addSeries(chart, "validation", rows, MetricsFile.Row::validationLoss);
            ByteArrayOutputStream svg = new ByteArrayOutputStream();
            if (training || validation) {
                VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
            }
            return svg.toByteArray();
        } catch (IOException | RuntimeException | LinkageError | InternalError noGraphics) {
            // Which of these it is where fonts or native libraries are missing differs from one Java to the next.
            throw new Unavailable(noGraphics);
        }
    }

    private static boolean addSeries(
            XYChart chart, String name, List<MetricsFile.Row> rows, ToDoubleFunction<MetricsFile.Row> value) {
        List<MetricsFile.Row> measured = rows.stream()
                .filter(row -> Double.isFinite(value.applyAsDouble(row)))
                .toList();
        if (measured.isEmpty()) {
            return false;
        }
        double[] steps = measured.stream().mapToDouble(MetricsFile.Row::step).toArray();
        double[] losses = measured.stream().mapToDouble(value).toArray();
        chart.addSeries(name, steps, losses).setMarker(SeriesMarkers.NONE);
        return true;
    }
}
