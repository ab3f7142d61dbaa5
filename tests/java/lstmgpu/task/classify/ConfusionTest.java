package lstmgpu.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.ChartTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionTest {
    private static final double EXACT = 1e-12;

    private static Confusion of(long[][] counts) {
        Confusion confusion = new Confusion(counts.length);
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < counts.length; j++) {
                confusion.add(i, j, counts[i][j]);
            }
        }
        return confusion;
    }

    /** The numbers of scikit-learn 1.5 for y_true = 0001112, y_pred = 0010122. */
    @Test
    void scoresAreThoseOfScikitLearn() {
        Confusion confusion = of(new long[][] {{2, 1, 0}, {1, 1, 1}, {0, 0, 1}});
        assertEquals(4.0 / 7, confusion.accuracy(), EXACT);
        assertEquals(2.0 / 3, confusion.of(0).precision(), EXACT);
        assertEquals(2.0 / 3, confusion.of(0).recall(), EXACT);
        assertEquals(0.5, confusion.of(1).precision(), EXACT);
        assertEquals(1.0 / 3, confusion.of(1).recall(), EXACT);
        assertEquals(0.4, confusion.of(1).f1(), EXACT);
        assertEquals(2.0 / 3, confusion.of(2).f1(), EXACT);
        assertEquals((2.0 / 3 + 0.4 + 2.0 / 3) / 3, confusion.macroF1(), EXACT);
        assertEquals(3, confusion.of(0).documents());
    }

    /** A class that is neither there nor predicted says nothing; one that is never hit says 0. */
    @Test
    void nothingIsDividedByNothing() {
        Confusion confusion = of(new long[][] {{3, 0, 0}, {2, 0, 0}, {0, 0, 0}});
        assertEquals(0, confusion.of(1).precision(), EXACT);
        assertEquals(0, confusion.of(2).f1(), EXACT);
        assertEquals(0.75 / 2, confusion.macroF1(), EXACT);
        assertEquals(0, new Confusion(2).accuracy(), EXACT);
    }

    @Test
    void ofManyClassesTheMostMistakenAreShown() {
        int classes = 3 * ConfusionChart.MOST_CLASSES;
        Confusion confusion = new Confusion(classes);
        for (int i = 0; i < classes; i++) {
            confusion.add(i, i, 10);
        }
        confusion.add(70, 80, 3);
        List<String> labels =
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
        ConfusionChart.Shown shown = ConfusionChart.Shown.of(confusion, labels);
        assertEquals(ConfusionChart.MOST_CLASSES, shown.labels().size());
        assertTrue(shown.labels().containsAll(List.of("class 70", "class 80", "(others)")), shown.labels()::toString);
        assertEquals(confusion.total(), shown.confusion().total());
        int from = shown.labels().indexOf("class 70");
        assertEquals(3, shown.confusion().count(from, shown.labels().indexOf("class 80")));
    }

    /** Level AA of WCAG 2.2 for text of any size. */
    @Test
    void everyNumberCanBeReadOnItsShade() {
        for (int percent = 0; percent <= 100; percent++) {
            double ink = luminance(ConfusionChart.ink(percent / 100.0));
            double paper = luminance(ConfusionChart.shade(percent / 100.0));
            double contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            assertTrue(contrast >= 4.5, contrast + " at " + percent + " %");
        }
    }

    private static double luminance(Color colour) {
        float[] parts = colour.getRGBColorComponents(null);
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (parts[i] <= 0.04045 ? parts[i] / 12.92 : Math.pow((parts[i] + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void thePictureHasLabelsAndNumbersAsText(@TempDir Path folder) throws IOException {
        Confusion confusion = of(new long[][] {{41, 2, 0}, {1, 37, 5}, {0, 3, 44}});
        List<String> labels = List.of("sport", "a label that is far too long to be shown", "<b>");
        ConfusionChart.write(folder.resolve("matrix.svg"), confusion, labels);
        String svg = Files.readString(folder.resolve("matrix.svg"));
        ChartTexts.require(svg, "sport", "41", "&lt;b&gt;", "true class", "predicted class");
        ConfusionChart.write(folder.resolve("matrix.png"), confusion, labels);
        assertEquals((byte) 'P', Files.readAllBytes(folder.resolve("matrix.png"))[1]);
    }
}
