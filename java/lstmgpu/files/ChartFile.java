package lstmgpu.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.jfree.chart.JFreeChart;

/** Charts as files: PNG where the name ends so and SVG otherwise. */
public final class ChartFile {
    private ChartFile() {}

    /** A chart and the size of its picture. */
    public record Sized(JFreeChart chart, int width, int height) {}

    /**
     * Replaces the file as a whole.
     *
     * @param drawing makes the chart
     * @throws LstmGpuException with exit code 1 if this machine cannot draw
     */
    public static void write(Path file, Supplier<Sized> drawing) {
        System.setProperty("java.awt.headless", "true");
        byte[] drawn;
        try {
            Sized sized = drawing.get();
            drawn = file.getFileName().toString().endsWith(".png")
                    ? ChartImage.png(sized.chart, sized.width, sized.height)
                    : ChartImage.svg(sized.chart, sized.width, sized.height);
        } catch (IOException | RuntimeException | LinkageError | InternalError failure) {
            requireNoGraphics(failure);
            throw new LstmGpuException(ExitCode.FAILED, unavailable(file, failure), failure);
        }
        AtomicFiles.write(file, out -> out.write(drawn));
    }

    /**
     * Which failure it is where fonts or native libraries are missing differs from one Java to the next; but one that
     * does not come out of Java's own graphics is a fault of this program, and is thrown on.
     */
    private static void requireNoGraphics(Throwable failure) {
        if (failure instanceof RuntimeException fault
                && !Arrays.stream(fault.getStackTrace())
                        .map(StackTraceElement::getModuleName)
                        .filter(module -> !Objects.equals(module, "java.base"))
                        .findFirst()
                        .filter("java.desktop"::equals)
                        .isPresent()) {
            throw fault;
        }
    }

    /** What to say where a chart could not be drawn. */
    public static String unavailable(Path file, Throwable cause) {
        return ("%s is not drawn, because Java finds no fonts or graphics here (%s); install fontconfig and a font, for"
                        + " example DejaVu, to get it")
                .formatted(file.getFileName(), cause);
    }
}
