package lstmgpu.bench;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import lstmgpu.files.ChartFile;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.LogTick;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.axis.ValueTick;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;

/** Tokens per second of training and generation as bars, a colour for each implementation. */
public final class BenchChart {
    private static final int HEIGHT = 500;
    private static final int LEAST_WIDTH = 700;
    private static final int WIDTH_OF_GROUP = 160;

    private BenchChart() {}

    /** Writes the picture; without such a row, nothing. */
    public static void write(Path file, List<BenchRow> rows) {
        Set<String> groups = new LinkedHashSet<>();
        Map<String, Map<String, Double>> series = new LinkedHashMap<>();
        for (BenchRow row : rows) {
            if (!row.what().startsWith("op:") && !row.what().equals(BenchTask.RECURRENT_STACK.toString())) {
                String group = "%s %d×%d".formatted(row.what(), row.layers(), row.hidden());
                groups.add(group);
                series.computeIfAbsent(row.implementation() + " " + row.precision(), _ -> new LinkedHashMap<>())
                        .put(group, row.tokensPerSecond());
            }
        }
        if (groups.isEmpty()) {
            return;
        }
        DefaultCategoryDataset bars = new DefaultCategoryDataset();
        series.forEach((name, values) -> groups.forEach(group -> bars.addValue(values.get(group), name, group)));
        int width = Math.max(LEAST_WIDTH, WIDTH_OF_GROUP * groups.size());
        ChartFile.write(file, () -> new ChartFile.Sized(chart(bars), width, HEIGHT));
    }

    private static JFreeChart chart(DefaultCategoryDataset bars) {
        CategoryAxis groups = new CategoryAxis();
        LogAxis speed = new TextAxis("tokens per second");
        speed.setSmallestValue(1);
        speed.setBaseSymbol(null);
        speed.setTickUnit(new NumberTickUnit(1));
        speed.setNumberFormatOverride(new DecimalFormat("#,###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        ChartImage.style(groups);
        ChartImage.style(speed);
        groups.setCategoryLabelPositions(
                bars.getColumnCount() > 4 ? CategoryLabelPositions.UP_45 : CategoryLabelPositions.STANDARD);
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        CategoryPlot plot = new CategoryPlot(bars, groups, speed, renderer);
        plot.setRangeGridlinePaint(ChartImage.GRID);
        JFreeChart chart = ChartImage.on(plot, null);
        LegendTitle legend = ChartImage.legend(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        return chart;
    }

    /** Its numbers are text, where a LogAxis draws the outlines of their digits. */
    private static final class TextAxis extends LogAxis {
        private static final long serialVersionUID = 1;

        TextAxis(String label) {
            super(label);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the library has it
        protected List refreshTicksVertical(Graphics2D graphics, Rectangle2D area, RectangleEdge edge) {
            List<ValueTick> ticks = new ArrayList<>();
            for (Object tick : super.refreshTicksVertical(graphics, area, edge)) {
                ValueTick mark = (ValueTick) tick;
                String text = mark instanceof LogTick && TickType.MAJOR.equals(mark.getTickType())
                        ? getNumberFormatOverride().format(mark.getValue())
                        : "";
                ticks.add(new NumberTick(
                        mark.getTickType(), mark.getValue(), text, mark.getTextAnchor(), TextAnchor.CENTER, 0));
            }
            return ticks;
        }
    }
}
