package lstmgpu.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.ChartFile;

/** Loss over the steps of one run or of several, as SVG or, where the file's name ends so, PNG. */
public final class LossChart {
    private LossChart() {}

    /** This machine cannot draw; training goes on without the chart. */
    public static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(Path file, Throwable cause) {
            super(ChartFile.unavailable(file, cause), cause);
        }
    }

    /** Fills a chart. */
    private interface Drawing {
        void draw(LossCurves chart);
    }

    /** Training and held-out loss of a run, the lowest marked, as bytes of a file; none without a finite value. */
    static byte[] draw(Path file, List<MetricsFile.Row> rows, String unit) throws Unavailable {
        return draw(file, "Loss", unit, chart -> {
            chart.addCurve("training", rows, MetricsFile.Row::trainLoss);
            chart.addCurve("held out", rows, MetricsFile.Row::validationLoss);
            chart.addBest(rows);
        });
    }

    /**
     * The loss of several runs by their names: that on the held-out data, or of training where a run has none. Replaces
     * the file as a whole.
     *
     * @return false if there is no finite value to draw, so that nothing is written
     */
    public static boolean compare(Path file, Map<String, List<MetricsFile.Row>> runs, String unit) throws Unavailable {
        boolean judged =
                runs.values().stream().flatMap(List::stream).anyMatch(row -> Double.isFinite(row.validationLoss()));
        byte[] drawn = draw(
                file,
                judged ? "Held-out loss" : "Training loss",
                unit,
                chart -> runs.forEach((name, rows) -> {
                    if (!chart.addCurve(name, rows, MetricsFile.Row::validationLoss)) {
                        chart.addCurve(judged ? name + " (training)" : name, rows, MetricsFile.Row::trainLoss);
                    }
                }));
        return write(file, drawn);
    }

    private static byte[] draw(Path file, String title, String unit, Drawing drawing) throws Unavailable {
        System.setProperty("java.awt.headless", "true");
        try {
            LossCurves chart = new LossCurves(title, unit);
            drawing.draw(chart);
            return chart.encode(file.getFileName().toString().endsWith(".png"));
        } catch (IOException | RuntimeException | LinkageError | InternalError noGraphics) {
            // Which of these it is where fonts or native libraries are missing differs from one Java to the next.
            throw new Unavailable(file, noGraphics);
        }
    }

    /** Whether there is something to write. */
    static boolean write(Path file, byte[] drawn) {
        if (drawn.length > 0) {
            AtomicFiles.write(file, out -> out.write(drawn));
        }
        return drawn.length > 0;
    }
}
