package lstmgpu.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;
import lstmgpu.files.JsonFiles;
import lstmgpu.files.RegularFile;

/** What the files of a run tell to others than its trainer; each is read again only when it was replaced. */
public final class RunFiles {
    private static final int TAIL_BYTES = 1 << 15;
    private static final int MOST_SAMPLES = 5;
    private static final int MOST_ROWS = 2000;
    private static final long PATIENCE = 20;
    private static final Pattern HEADING = Pattern.compile("(?m)^=== step (\\d{1,18}) ===\\n");

    private final Path folder;
    private String seenRun = "";
    private String seenRows = "";
    private String seenSamples = "";
    private long rowsAgain;
    private Content content = new Content(JsonFiles.object(), "", List.of(), List.of(), false);

    public RunFiles(Path folder) {
        this.folder = folder;
    }

    /** Whether this is the folder of a model, or of one that is being trained. */
    public static boolean areIn(Path folder) {
        return Files.isRegularFile(ModelFile.CONFIG.in(folder));
    }

    /** Whether weights are there. */
    public static boolean haveWeights(Path folder) {
        return Files.isRegularFile(ModelFile.WEIGHTS.in(folder));
    }

    /** A text that the run has written. */
    public record Sample(long step, String text) {}

    /**
     * The files at one moment.
     *
     * @param run as run.json has it
     * @param task of config.json; empty where there is none yet
     * @param samples the newest, the last one last
     */
    public record Content(
            ObjectNode run, String task, List<MetricsFile.Row> rows, List<Sample> samples, boolean hasWeights) {}

    /** What is there now; what cannot be read, such as a folder that is being made, is as it was before. */
    public synchronized Content read() {
        try {
            describe();
        } catch (LstmGpuException damaged) {
            // As before, and so below.
        }
        List<MetricsFile.Row> rows = content.rows;
        try {
            rows = rows(rows);
        } catch (LstmGpuException damaged) {
            // The next look may find more.
        }
        List<Sample> samples = content.samples;
        try {
            samples = samples(samples);
        } catch (LstmGpuException damaged) {
            // The next look may find more.
        }
        content = new Content(content.run, content.task, rows, samples, haveWeights(folder));
        return content;
    }

    private void describe() {
        String now = mark(ModelFile.RUN.in(folder)) + mark(ModelFile.CONFIG.in(folder));
        if (!now.equals(seenRun)) {
            ModelDirectory directory = ModelDirectory.open(folder);
            content = new Content(directory.run(), directory.task(), content.rows, content.samples, false);
            seenRun = now;
        }
    }

    private List<MetricsFile.Row> rows(List<MetricsFile.Row> before) {
        String now = mark(ModelFile.METRICS.in(folder));
        long start = System.nanoTime();
        if (now.equals(seenRows) || start - rowsAgain < 0) {
            return before;
        }
        List<MetricsFile.Row> rows =
                thinned(ModelDirectory.open(folder).metrics().rows());
        seenRows = now;
        // A history so long that reading it takes a while is read the less often.
        rowsAgain = System.nanoTime() + PATIENCE * (System.nanoTime() - start);
        return rows;
    }

    private static List<MetricsFile.Row> thinned(List<MetricsFile.Row> rows) {
        int every = 1;
        while (rows.size() / every > MOST_ROWS) {
            every *= 2;
        }
        if (every == 1) {
            return rows;
        }
        List<MetricsFile.Row> kept = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (i % every == 0 || !Double.isNaN(rows.get(i).validationLoss())) {
                kept.add(rows.get(i));
            }
        }
        return List.copyOf(kept);
    }

    private List<Sample> samples(List<Sample> before) {
        Path file = ModelFile.SAMPLES.in(folder);
        String now = mark(file);
        if (now.equals(seenSamples)) {
            return before;
        }
        seenSamples = now;
        return RegularFile.exists(file) ? parsed(tail(file)) : List.of();
    }

    private static String tail(Path file) {
        try (FileChannel channel = RegularFile.read(file)) {
            long from = Math.max(0, channel.size() - TAIL_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(TAIL_BYTES, channel.size() - from));
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
                // Until there is no more.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private static List<Sample> parsed(String text) {
        List<Sample> samples = new ArrayList<>();
        Matcher heading = HEADING.matcher(text);
        int from = -1;
        long step = 0;
        while (heading.find()) {
            if (from >= 0) {
                samples.add(
                        new Sample(step, text.substring(from, heading.start()).stripTrailing()));
            }
            from = heading.end();
            step = Long.parseLong(heading.group(1));
        }
        if (from >= 0) {
            samples.add(new Sample(step, text.substring(from).stripTrailing()));
        }
        return List.copyOf(samples.subList(Math.max(0, samples.size() - MOST_SAMPLES), samples.size()));
    }

    /** Another one for a file that was replaced. */
    private static String mark(Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return "%s %d %s;".formatted(found.fileKey(), found.size(), found.lastModifiedTime());
        } catch (IOException absent) {
            return "-;";
        }
    }
}
