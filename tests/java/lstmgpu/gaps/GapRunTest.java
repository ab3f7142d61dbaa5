package lstmgpu.gaps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import lstmgpu.ChartTexts;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.files.ChartImage;
import lstmgpu.network.Initialisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GapRunTest {
    private static final double PLENTY = 600;

    private static List<GapRow> run(GapSettings settings, double seconds, List<GapTask> tasks, List<Integer> lengths) {
        List<GapRow> rows = new ArrayList<>();
        try (Backend backend = new CpuBackend(1)) {
            long before = backend.allocatedBytes();
            new GapRun(backend, settings, seconds, rows::add).run(tasks, lengths, List.of(Cell.GRU, Cell.RNN_TANH));
            assertEquals(before, backend.allocatedBytes(), "what was taken is given back");
        }
        return rows;
    }

    private static GapSettings settings(int steps, long seed) {
        return new GapSettings(24, 32, 0.005f, steps, Initialisation.CHRONO, seed);
    }

    /** Over three hundred steps the gated cell learns, and the plain one does not. */
    @Test
    void aGateRemembersForLongerThanAPlainUnit() {
        List<GapRow> rows = run(settings(250, 1), PLENTY, List.of(GapTask.FIRST), List.of(100));
        assertTrue(rows.getFirst().solved() && rows.getFirst().result() >= 0.99, rows.toString());
        assertTrue(rows.getFirst().steps() < 250, rows.toString());
        assertFalse(rows.getLast().solved());
        assertEquals(0.5, rows.getLast().result(), 0.07, "chance");
        assertEquals(0, rows.getLast().learnt(), 0.14);
        assertEquals(250, rows.getLast().steps());
    }

    @ParameterizedTest
    @EnumSource(GapTask.class)
    void aShortGapIsSolved(GapTask task) {
        List<GapRow> rows =
                run(new GapSettings(24, 32, 0.01f, 1500, Initialisation.CHRONO, 4), PLENTY, List.of(task), List.of(6));
        assertTrue(rows.getFirst().solved(), rows.toString());
        assertTrue(rows.getFirst().learnt() > 0.9, rows.toString());
        assertEquals(task != GapTask.ADDING, rows.getFirst().isAccuracy());
    }

    @Test
    void aCellThatFailedIsNotTriedOnLongerGaps() {
        List<GapRow> rows = run(settings(10, 1), PLENTY, List.of(GapTask.FIRST, GapTask.COPY), List.of(50, 60));
        assertEquals(
                List.of("FIRST GRU 50", "FIRST RNN_TANH 50", "COPY GRU 50", "COPY RNN_TANH 50"),
                rows.stream()
                        .map(row -> row.task() + " " + row.cell() + " " + row.length())
                        .toList());
    }

    @Test
    void theTimeEndsARun() {
        GapRow row = run(settings(Integer.MAX_VALUE, 1), 0.2, List.of(GapTask.FIRST), List.of(200))
                .getLast();
        assertFalse(row.solved());
        assertTrue(row.seconds() < 20 && row.timeOver(), row.toString());
    }

    /** Ten of which would take a second and more. */
    @Test
    void theClockIsLookedAtAfterEveryLongStep() {
        List<GapRow> rows = run(settings(Integer.MAX_VALUE, 1), 0.05, List.of(GapTask.FIRST), List.of(4000));
        assertTrue(rows.stream().allMatch(row -> row.steps() < 5 && row.timeOver()), rows.toString());
    }

    @Test
    void theSameSeedGivesTheSameNetwork() {
        List<GapTask> copy = List.of(GapTask.COPY);
        List<Double> first = results(run(settings(30, 7), PLENTY, copy, List.of(8)));
        assertEquals(first, results(run(settings(30, 7), PLENTY, copy, List.of(8))));
        assertNotEquals(first, results(run(settings(30, 8), PLENTY, copy, List.of(8))));
    }

    private static List<Double> results(List<GapRow> rows) {
        return rows.stream().map(GapRow::result).toList();
    }

    @Test
    void theChartShowsEveryTaskAndCell(@TempDir Path folder) throws Exception {
        List<GapRow> rows = List.of(
                new GapRow(GapTask.FIRST, Cell.GRU, 50, 1, 90, 1, false),
                new GapRow(GapTask.FIRST, Cell.RNN_TANH, 50, 0.52, 900, 1, false),
                new GapRow(GapTask.FIRST, Cell.GRU, 1000, 0.998, 900, 1, false),
                new GapRow(GapTask.ADDING, Cell.GRU, 50, 0.009, 90, 1, false));
        GapRow undecided = new GapRow(GapTask.FIRST, Cell.RNN_TANH, 1000, 0.5, 90, 1, true);
        GapChart.write(folder.resolve("decided.svg"), rows);
        GapChart.write(
                folder.resolve("undecided.svg"),
                Stream.concat(rows.stream(), Stream.of(undecided)).toList());
        assertEquals(
                Files.readString(folder.resolve("decided.svg")), Files.readString(folder.resolve("undecided.svg")));
        GapChart.write(folder.resolve("none.svg"), List.of());
        assertFalse(Files.exists(folder.resolve("none.svg")));
        GapChart.write(folder.resolve("memory.svg"), rows);
        String svg = Files.readString(folder.resolve("memory.svg"));
        ChartTexts.require(svg, "first: learnt", "adding: learnt", "gru", "rnn_tanh", "1000", "gap in steps", "100 %");
        GapChart.write(folder.resolve("memory.png"), rows);
        assertEquals(800, ImageIO.read(folder.resolve("memory.png").toFile()).getWidth());
    }

    /** Nothing is moved to be seen. */
    @Test
    void equalCellsAreDrawnAtTheSameHeightAndEachIsSeen(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("memory.png");
        GapChart.write(
                file,
                List.of(
                        new GapRow(GapTask.FIRST, Cell.LSTM, 50, 1, 90, 1, false),
                        new GapRow(GapTask.FIRST, Cell.GRU, 50, 1, 90, 1, false)));
        BufferedImage picture = ImageIO.read(file.toFile());
        double first = height(picture, ChartImage.PALETTE.get(0));
        assertTrue(first > 0, "is seen");
        assertEquals(first, height(picture, ChartImage.PALETTE.get(1)), 0.75);
    }

    /** The mean over what has the colour above the legend. */
    private static double height(BufferedImage picture, Color colour) {
        return IntStream.range(0, picture.getWidth() * (picture.getHeight() - 80))
                .filter(i -> picture.getRGB(i % picture.getWidth(), i / picture.getWidth()) == colour.getRGB())
                .map(i -> i / picture.getWidth())
                .average()
                .orElse(0);
    }
}
