package lstmgpu.task.classify;

import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import lstmgpu.LstmGpuException;
import lstmgpu.files.ChartFile;
import lstmgpu.files.ChartImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.DefaultXYZDataset;

/**
 * A confusion matrix as a picture, SVG or, where the file's name ends so, PNG: a row for each class, a column for each
 * prediction, coloured by the share of the row, with the number of documents. Of many classes those are shown that are
 * most often mistaken, and the rest as one.
 */
public final class ConfusionChart {
    static final int MOST_CLASSES = 30;
    private static final int LONGEST_LABEL = 24;
    private static final int FEW_CLASSES = 6;
    private static final int SMALL = 34;
    private static final int LARGE = 64;
    private static final int MARGIN = 110;
    private static final int LETTER = 8;
    private static final float SMALL_LETTERS = 10;
    /** The share from which on white has more contrast with its shade than black has. */
    private static final double DARK = 0.73;

    private static final Color WHITE = Color.WHITE;
    private static final Color FULL = new Color(0x08, 0x45, 0x94);
    private static final String OTHERS = "(others)";

    private ConfusionChart() {}

    /**
     * Replaces the file as a whole.
     *
     * @throws LstmGpuException with exit code 1 if this machine cannot draw
     */
    public static void write(Path file, Confusion confusion, List<String> labels) {
        ChartFile.write(file, () -> {
            Shown shown = Shown.of(confusion, labels);
            int side = cell(shown) * shown.labels.size() + MARGIN + LETTER * shown.longest();
            return new ChartFile.Sized(chart(confusion, shown), side, side);
        });
    }

    /** What is drawn of a matrix, as a matrix. */
    record Shown(Confusion confusion, List<String> labels) {
        static Shown of(Confusion whole, List<String> labels) {
            if (whole.classes() <= MOST_CLASSES) {
                return new Shown(
                        whole, labels.stream().map(ConfusionChart::shortened).toList());
            }
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < whole.classes(); i++) {
                order.add(i);
            }
            order.sort(Comparator.comparingLong((Integer i) -> -mistakes(whole, i))
                    .thenComparingLong(i -> -whole.documents(i)));
            List<Integer> kept =
                    order.subList(0, MOST_CLASSES - 1).stream().sorted().toList();
            int[] place = new int[whole.classes()];
            for (int i = 0; i < place.length; i++) {
                int found = kept.indexOf(i);
                place[i] = found < 0 ? kept.size() : found;
            }
            Confusion smaller = new Confusion(MOST_CLASSES);
            for (int i = 0; i < place.length; i++) {
                for (int j = 0; j < place.length; j++) {
                    smaller.add(place[i], place[j], whole.count(i, j));
                }
            }
            List<String> names = new ArrayList<>();
            kept.forEach(i -> names.add(shortened(labels.get(i))));
            names.add(OTHERS);
            return new Shown(smaller, names);
        }

        private static long mistakes(Confusion confusion, int place) {
            return confusion.documents(place) + confusion.predicted(place) - 2 * confusion.count(place, place);
        }

        int longest() {
            return labels.stream().mapToInt(String::length).max().orElseThrow();
        }
    }

    private static int cell(Shown shown) {
        return shown.labels.size() <= FEW_CLASSES ? LARGE : SMALL;
    }

    /** On a line, without what a picture cannot hold. */
    private static String shortened(String name) {
        String label = name.replaceAll("\\p{Cntrl}", "\uFFFD");
        return label.length() <= LONGEST_LABEL
                ? label
                : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL / 2)) + "…"
                        + label.substring(label.offsetByCodePoints(label.length(), 1 - LONGEST_LABEL / 2));
    }

    private static JFreeChart chart(Confusion whole, Shown shown) {
        int count = shown.labels.size();
        double[][] cells = new double[3][count * count];
        XYBlockRenderer renderer = new XYBlockRenderer();
        renderer.setPaintScale(new Shades());
        XYPlot plot = new XYPlot(null, axis("predicted class", shown), axis("true class", shown), renderer);
        plot.getRangeAxis().setInverted(true);
        plot.setDomainAxisLocation(AxisLocation.TOP_OR_LEFT);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinesVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        for (int i = 0, n = 0; i < count; i++) {
            long documents = Math.max(1, shown.confusion.documents(i));
            for (int j = 0; j < count; j++, n++) {
                long found = shown.confusion.count(i, j);
                double share = (double) found / documents;
                cells[0][n] = j;
                cells[1][n] = i;
                cells[2][n] = share;
                if (found > 0) {
                    plot.addAnnotation(number(found, share, j, i, cell(shown)));
                }
            }
        }
        DefaultXYZDataset data = new DefaultXYZDataset();
        data.addSeries("documents", cells);
        plot.setDataset(data);
        String title = "%,d documents, %.1f %% right, macro-F1 %.3f"
                .formatted(whole.total(), 100 * whole.accuracy(), whole.macroF1());
        return ChartImage.on(plot, title);
    }

    private static XYTextAnnotation number(long found, double share, int column, int row, int cell) {
        String text = found < 10_000 ? Long.toString(found) : String.format(Locale.ROOT, "%dk", found / 1000);
        XYTextAnnotation number = new XYTextAnnotation(text, column, row);
        Font font = ChartImage.FONT;
        number.setFont(cell == SMALL ? font.deriveFont(SMALL_LETTERS) : font);
        number.setPaint(ink(share));
        return number;
    }

    /** Of the number on a shade. */
    static Color ink(double share) {
        return share > DARK ? WHITE : Color.BLACK;
    }

    /** From white at 0 to blue at 1. */
    static Color shade(double share) {
        return new Color(
                mix(WHITE.getRed(), FULL.getRed(), share),
                mix(WHITE.getGreen(), FULL.getGreen(), share),
                mix(WHITE.getBlue(), FULL.getBlue(), share));
    }

    private static int mix(int light, int dark, double share) {
        return (int) Math.round(light + (dark - light) * Math.clamp(share, 0, 1));
    }

    private static NumberAxis axis(String name, Shown shown) {
        SymbolAxis axis = new SymbolAxis(name, shown.labels.toArray(String[]::new));
        ChartImage.style(axis);
        axis.setGridBandsVisible(false);
        axis.setLowerMargin(0);
        axis.setUpperMargin(0);
        axis.setRange(-0.5, shown.labels.size() - 0.5);
        axis.setVerticalTickLabels(name.equals("predicted class") && shown.longest() * LETTER > cell(shown));
        return axis;
    }

    private static final class Shades implements PaintScale {
        @Override
        public double getLowerBound() {
            return 0;
        }

        @Override
        public double getUpperBound() {
            return 1;
        }

        @Override
        public Color getPaint(double share) {
            return shade(share);
        }
    }
}
