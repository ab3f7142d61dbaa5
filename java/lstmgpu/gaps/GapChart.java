package lstmgpu.gaps;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import lstmgpu.backend.Cell;
import lstmgpu.files.ChartFile;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.category.DefaultCategoryDataset;

/** Who still solves which gap: for each task a plot, for each cell a curve of how much it has learnt over the gaps. */
public final class GapChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 340;
    private static final int LEGEND = 80;
    private static final double LOWEST = -0.1;
    private static final double HIGHEST = 1.1;
    private static final double FIFTH = 0.2;

    /** The markers of curves at the same height show each other: the first is the largest, drawn below the others. */
    private static final double SMALLEST = 6;

    private static final double LARGER = 4;

    /** Likewise the lines: as wide as their markers are large, in proportion. */
    private static final double LINE = 0.3;

    private GapChart() {}

    /**
     * Writes a picture as a whole, PNG where the name ends so and SVG otherwise; without a row, nothing. Where a
     * network's time was over before it was decided, the curve ends a gap earlier.
     */
    public static void write(Path file, List<GapRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<GapTask> tasks = rows.stream().map(GapRow::task).distinct().toList();
        ChartFile.write(file, () -> new ChartFile.Sized(chart(tasks, rows), WIDTH, HEIGHT * tasks.size() + LEGEND));
    }

    private static JFreeChart chart(List<GapTask> tasks, List<GapRow> rows) {
        CombinedDomainCategoryPlot all = new CombinedDomainCategoryPlot(gaps());
        tasks.forEach(task -> all.add(plot(task, rows)));
        JFreeChart chart = ChartImage.on(all, null);
        LegendTitle legend = ChartImage.legend((CategoryPlot) all.getSubplots().getFirst());
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        return chart;
    }

    private static CategoryAxis gaps() {
        CategoryAxis gaps = new CategoryAxis("gap in steps");
        ChartImage.style(gaps);
        return gaps;
    }

    private static CategoryPlot plot(GapTask task, List<GapRow> rows) {
        DefaultCategoryDataset curves = new DefaultCategoryDataset();
        LineAndShapeRenderer renderer = new LineAndShapeRenderer(true, true);
        List<Cell> cells = rows.stream().map(GapRow::cell).distinct().toList();
        List<Integer> lengths =
                rows.stream().map(GapRow::length).distinct().sorted().toList();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            double size = SMALLEST + LARGER * (cells.size() - 1 - i);
            // All gaps for every cell, in their order, since the axis shows them as they come.
            lengths.forEach(length -> curves.addValue(null, cell.word(), length));
            rows.stream()
                    .filter(row -> row.task() == task && row.cell() == cell && !row.timeOver())
                    .forEach(row ->
                            curves.setValue(Math.max(LOWEST, row.learnt()), cell.word(), (Integer) row.length()));
            renderer.setSeriesPaint(i, ChartImage.PALETTE.get(i % ChartImage.PALETTE.size()));
            renderer.setSeriesStroke(i, new BasicStroke((float) (LINE * size)));
            renderer.setSeriesShape(i, new Ellipse2D.Double(-size / 2, -size / 2, size, size));
        }
        NumberAxis learnt = new NumberAxis(task.word() + ": learnt");
        learnt.setRange(LOWEST, HIGHEST);
        learnt.setTickUnit(new NumberTickUnit(FIFTH));
        learnt.setNumberFormatOverride(new DecimalFormat("0 %", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        ChartImage.style(learnt);
        CategoryPlot plot = new CategoryPlot(curves, null, learnt, renderer);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlinePaint(ChartImage.GRID);
        return plot;
    }
}
