package lstmgpu.files;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleInsets;

/**
 * Charts as pictures. In an SVG text is text, which can be searched, copied and read aloud, and whoever prefers dark
 * screens sees it dark. Java without graphics cannot load this class.
 */
public final class ChartImage {
    /** Of titles, axes and legends. */
    public static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    public static final Color GRID = new Color(0xE0E0E0);

    /** Of curves and bars. */
    public static final BasicStroke LINE = new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    /** Of Okabe and Ito (2008), which differs for every kind of colour vision. */
    public static final List<Color> PALETTE = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x000000));

    /** Dark becomes light and the reverse, while every hue stays; dark too is what lies around a picture by itself. */
    private static final String DARK = "<style>svg { color-scheme: light dark; max-width: 100%; height: auto; }"
            + " @media (prefers-color-scheme: dark) { svg { filter: invert(1) hue-rotate(180deg); } }</style>";

    static {
        // Otherwise text that stands upright would be drawn as the outline of its letters.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
    }

    private ChartImage() {}

    /** A chart on white with a title, if that is not null, and with the legend of the plot. */
    public static JFreeChart on(Plot plot, String title) {
        JFreeChart chart = new JFreeChart(title, FONT.deriveFont(Font.BOLD, 15f), plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, 8, 8, 16));
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlinePaint(GRID);
        return chart;
    }

    /** The legend of a chart's plot. */
    public static LegendTitle legend(Plot plot) {
        LegendTitle legend = new LegendTitle(plot);
        legend.setItemFont(FONT);
        legend.setBackgroundPaint(Color.WHITE);
        legend.setItemLabelPadding(new RectangleInsets(2, 2, 2, 12));
        return legend;
    }

    public static void style(Axis axis) {
        axis.setLabelFont(FONT);
        axis.setTickLabelFont(FONT);
        axis.setAxisLinePaint(Color.GRAY);
        axis.setTickMarkPaint(Color.GRAY);
    }

    /** The bytes of a file. */
    public static byte[] svg(JFreeChart chart, int width, int height) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SVGProcessor()
                .getDocument(graphics.getCommands(), new PageSize(width, height))
                .writeTo(bytes);
        // The font of this machine, and where that is not there another without serifs. The document type names an
        // address that some readers ask.
        String svg = bytes.toString(StandardCharsets.UTF_8)
                .replaceAll("(font-family:&quot;[^&]*&quot;)", "$1,sans-serif")
                .replaceFirst("<!DOCTYPE[^>]*>\\s*", "");
        int start = svg.indexOf('>', svg.indexOf("<svg")) + 1;
        return (svg.substring(0, start) + DARK + svg.substring(start)).getBytes(StandardCharsets.UTF_8);
    }

    /** The bytes of a file. */
    public static byte[] png(JFreeChart chart, int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Or it would want a file in the system's folder for such, which may be missing, full or closed.
        ImageIO.setUseCache(false);
        ImageIO.write(chart.createBufferedImage(width, height), "png", bytes);
        return bytes.toByteArray();
    }
}
