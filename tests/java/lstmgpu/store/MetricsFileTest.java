package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFileTest {
    private static final MetricsFile.Row FIRST =
            new MetricsFile.Row(10, 0.5, 1280, 2.5, Double.NaN, 3e-3, 1.25, 1.5, 12345.5, 0.75);
    private static final MetricsFile.Row SECOND =
            new MetricsFile.Row(20, 1, 2560, 2.25, 2.375, 1e-3, 0.5, Double.POSITIVE_INFINITY, 12000, 1.5);

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
        assertEquals("""
            step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,\
            gradient_norm_max,tokens_per_second,seconds
            10,0.5,1280,2.5,,0.003,1.25,1.5,12345.5,0.75
            20,1.0,2560,2.25,2.375,0.001,0.5,Infinity,12000.0,1.5
            """, Files.readString(file));
    }

    @Test
    void filesOfEarlierBuildsLackTheLargestNorm() throws IOException {
        Path file = Files.writeString(folder.resolve("metrics.csv"), """
            step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second,seconds
            10,0.5,1280,2.5,,0.003,1.25,12345.5,0.75
            """);
        assertEquals(
                List.of(new MetricsFile.Row(10, 0.5, 1280, 2.5, Double.NaN, 3e-3, 1.25, Double.NaN, 12345.5, 0.75)),
                MetricsFile.open(file).rows());
    }

    @Test
    void aRunThatGoesBackForgetsWhatCameLater() {
        Path file = folder.resolve("metrics.csv");
        MetricsFile metrics = MetricsFile.open(file);
        metrics.append(FIRST);
        metrics.append(SECOND);
        metrics.keepFirst(1);
        assertEquals(List.of(FIRST), MetricsFile.open(file).rows());
        metrics.append(SECOND);
        assertEquals(List.of(FIRST, SECOND), MetricsFile.open(file).rows());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "step\n1\n",
                "step,epoch,tokens,train_loss,validation_loss,learning_rate,gradient_norm,"
                        + "tokens_per_second,seconds\nx,1,1,1,1,1,1,1,1\n"
            })
    void aDamagedFileIsNamed(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("metrics.csv"), text);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> MetricsFile.open(file));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains("metrics.csv is damaged in line 2"), failure::getMessage);
    }

    @Test
    void aFileThatWasCutOffIsNamed() throws IOException {
        Path file = folder.resolve("metrics.csv");
        MetricsFile metrics = MetricsFile.open(file);
        metrics.append(FIRST);
        metrics.append(SECOND);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            if (length == 0 || whole[length - 1] != '\n') {
                Files.write(file, Arrays.copyOf(whole, length));
                LstmGpuException failure = assertThrows(LstmGpuException.class, () -> MetricsFile.open(file));
                assertTrue(failure.getMessage().contains("metrics.csv is damaged: "), failure::getMessage);
            }
        }
    }

    @Test
    void theChartIsAnSvgWithBothCurves() throws Exception {
        Path file = folder.resolve("loss.svg");
        LossChart.write(file, LossChart.draw(file, List.of(), "nats per token"));
        assertFalse(Files.exists(file), "nothing to draw");
        LossChart.write(file, LossChart.draw(file, List.of(FIRST, SECOND), "nats per token"));
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        document.setEntityResolver((publicId, systemId) -> new org.xml.sax.InputSource(new java.io.StringReader("")));
        assertEquals("svg", document.parse(file.toFile()).getDocumentElement().getTagName());
        int both = curves(file);
        LossChart.write(file, LossChart.draw(file, List.of(FIRST), "nats per token"));
        assertEquals(1, both - curves(file), "the second curve is missing");
    }

    @Test
    void theLowestLossIsMarkedAndTheEndingDecidesTheFormat() throws Exception {
        Path file = folder.resolve("loss.png");
        LossChart.write(file, LossChart.draw(file, List.of(FIRST, SECOND), "nats per token"));
        BufferedImage marked = ImageIO.read(file.toFile());
        LossChart.compare(file, Map.of("run", List.of(FIRST, SECOND)), "nats per token");
        BufferedImage plain = ImageIO.read(file.toFile());
        assertTrue(vermilion(marked) > 2 * vermilion(plain), vermilion(marked) + " and " + vermilion(plain));
    }

    /** Pixels in the colour of the mark. */
    private static int vermilion(BufferedImage image) {
        int count = 0;
        for (int pixel : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            count += (pixel & 0xFFFFFF) == 0xD55E00 ? 1 : 0;
        }
        return count;
    }

    @Test
    void aMachineWithoutFontsDrawsOrSaysSo() throws Exception {
        String output = draw(List.of());
        assertTrue(Files.exists(folder.resolve("none.svg")) || output.contains("none.svg is not drawn"), output);
    }

    @Test
    void aMachineWithoutGraphicsSaysSoInOneSentence() throws Exception {
        String output = draw(List.of("--limit-modules", "java.base,java.xml,java.logging"));
        assertFalse(Files.exists(folder.resolve("none.svg")));
        assertTrue(output.startsWith("none.svg is not drawn"), output);
        assertEquals(1, output.lines().count(), output);
    }

    private String draw(List<String> options) throws Exception {
        Path empty = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Drawer.class.getName()));
        command.add(folder.resolve("none.svg").toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("FONTCONFIG_FILE", empty.toString());
        builder.environment().remove("DISPLAY");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** Draws where there are no fonts; ends with 0 if that was done or refused in words. */
    static final class Drawer {
        private Drawer() {}

        public static void main(String[] arguments) {
            try {
                LossChart.write(
                        Path.of(arguments[0]),
                        LossChart.draw(Path.of(arguments[0]), List.of(FIRST, SECOND), "nats per token"));
            } catch (LossChart.Unavailable said) {
                System.out.println(said.getMessage());
            }
        }
    }

    private static int curves(Path svg) throws IOException {
        Matcher colours = Pattern.compile("fill:none;stroke:(rgb[^;]*);").matcher(Files.readString(svg));
        return (int) colours.results().map(colour -> colour.group(1)).distinct().count();
    }
}
