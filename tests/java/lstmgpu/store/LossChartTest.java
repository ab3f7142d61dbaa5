package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import lstmgpu.ChartTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
    private static final List<MetricsFile.Row> ROWS = List.of(
            new MetricsFile.Row(1000, 0.5, 10, 2.5, 2.75, 0.1, 1, 2, 1000, 1),
            new MetricsFile.Row(2000, 1, 20, 2.25, 2.5, 0.1, 1, 2, 1000, 2));

    @Test
    void textIsTextAndDarkScreensAreDark(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("loss.svg");
        LossChart.write(file, LossChart.draw(file, ROWS, "nats per token"));
        String svg = Files.readString(file);
        ChartTexts.require(svg, "Loss", "step", "nats per token", "training", "held out", "best: 2.5000 at step 2,000");
        assertTrue(svg.contains("sans-serif"), "a font that every reader has");
    }

    @Test
    void thePictureIsAPicture(@TempDir Path folder) throws LossChart.Unavailable, IOException {
        Path file = folder.resolve("loss.png");
        LossChart.write(file, LossChart.draw(file, ROWS, "nats per token"));
        assertEquals(800, ImageIO.read(file.toFile()).getWidth());
    }
}
