package lstmgpu.bench;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.files.AtomicFiles;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler;

/** Tokens per second of training and generation as bars, a colour for each implementation. */
public final class BenchChart {
    private static final int HEIGHT = 500;
    private static final int LEAST_WIDTH = 700;
    private static final int WIDTH_OF_GROUP = 160;

    private BenchChart() {}

    /** Writes an SVG file as a whole; without such a row, nothing. */
    public static void write(Path file, List<BenchRow> rows) {
        System.setProperty("java.awt.headless", "true");
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
        CategoryChart chart = new CategoryChartBuilder()
                .width(Math.max(LEAST_WIDTH, WIDTH_OF_GROUP * groups.size()))
                .height(HEIGHT)
                .yAxisTitle("tokens per second")
                .build();
        chart.getStyler().setYAxisMin(1.0).setYAxisLogarithmic(true).setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setYAxisDecimalPattern("#,###").setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler().setXAxisLabelRotation(groups.size() > 4 ? 30 : 0);
        List<String> names = new ArrayList<>(groups);
        series.forEach((name, values) ->
                chart.addSeries(name, names, names.stream().map(values::get).toList()));
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        AtomicFiles.write(file, out -> out.write(svg.toByteArray()));
    }
}
