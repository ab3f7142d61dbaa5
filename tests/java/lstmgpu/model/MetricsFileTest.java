package lstmgpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFileTest {
    private static final MetricsFile.Row FIRST =
            new MetricsFile.Row(10, 0.5, 1280, 2.5, Double.NaN, 3e-3, 1.25, 12345.5, 0.75);
    private static final MetricsFile.Row SECOND =
            new MetricsFile.Row(20, 1, 2560, 2.25, 2.375, 1e-3, Double.POSITIVE_INFINITY, 12000, 1.5);

    @TempDir
    private Path folder;

    @Test
    void rowsAreFoundAgain() throws IOException {
        Path file = folder.resolve("metrics.csv");
        MetricsFile metrics = MetricsFile.open(file);
        assertEquals(List.of(), metrics.rows());
        metrics.append(FIRST);
        metrics.append(SECOND);
        assertEquals(List.of(FIRST, SECOND), MetricsFile.open(file).rows());
        assertEquals(
                """
                step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second,seconds
                10,0.5,1280,2.5,,0.003,1.25,12345.5,0.75
                20,1.0,2560,2.25,2.375,0.001,Infinity,12000.0,1.5
                """,
                Files.readString(file));
    }

    @Test
    void aRunThatGoesBackForgetsWhatCameLater() {
        Path file = folder.resolve("metrics.csv");
        MetricsFile metrics = MetricsFile.open(file);
        metrics.append(FIRST);
        metrics.append(SECOND);
        metrics.truncateAfter(10);
        assertEquals(List.of(FIRST), MetricsFile.open(file).rows());
        metrics.append(SECOND);
        assertEquals(List.of(FIRST, SECOND), MetricsFile.open(file).rows());
    }

    @ParameterizedTest
    @ValueSource(strings = {"step\n1\n", "step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,"
            + "tokens_per_second,seconds\nx,1,1,1,1,1,1,1,1\n"})
    void aDamagedFileIsNamed(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("metrics.csv"), text);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> MetricsFile.open(file));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains("metrics.csv is damaged in line 2"), failure::getMessage);
    }

    @Test
    void theChartIsAnSvgWithBothCurves() throws Exception {
        Path file = folder.resolve("loss.svg");
        LossChart.write(file, List.of());
        assertFalse(Files.exists(file), "nothing to draw");
        LossChart.write(file, List.of(FIRST, SECOND));
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        document.setEntityResolver((publicId, systemId) -> new org.xml.sax.InputSource(new java.io.StringReader("")));
        assertEquals("svg", document.parse(file.toFile()).getDocumentElement().getTagName());
        String svg = Files.readString(file);
        assertTrue(svg.contains("training") && svg.contains("validation"), svg);
    }
}
