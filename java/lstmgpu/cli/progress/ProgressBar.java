package lstmgpu.cli.progress;

import java.util.List;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.ErrorTerminal;
import lstmgpu.cli.report.Sizes;
import lstmgpu.network.Measures;
import lstmgpu.train.TrainingSettings;

/** One line that is drawn again and again, with lasting lines above it. */
public final class ProgressBar extends ProgressView {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int SHORTEST_BAR = 10;

    /** The terminal echoes Ctrl-C as ^C behind the line. */
    private static final int ROOM_FOR_INTERRUPT = 3;

    private static final int LONGEST_BAR = 40;

    private final ErrorTerminal terminal;
    private final boolean escapes;
    private Progress last;
    private long drawnAt;
    private int drawnWidth;
    private boolean closed;

    ProgressBar(Console console, DeviceInfo device, Measures measures, ErrorTerminal terminal) {
        super(console, device, measures);
        this.terminal = terminal;
        this.escapes = terminal.isTerminal();
    }

    @Override
    public void started(Start start) {
        above(summary(start));
    }

    @Override
    public void progress(Progress progress) {
        last = progress;
        long now = System.nanoTime();
        if (now - drawnAt >= REDRAW_NANOS) {
            drawnAt = now;
            draw();
        }
    }

    @Override
    public void evaluation(Evaluation evaluation) {
        above(line(evaluation));
    }

    @Override
    public void sample(Sample sample) {
        above(text(sample));
    }

    @Override
    public void notice(String message) {
        above(message);
    }

    private void above(String lines) {
        clear();
        console.say(lines);
        draw();
    }

    private void clear() {
        if (drawnWidth > 0) {
            console.err().control(escapes ? CLEAR_LINE : "\r" + " ".repeat(drawnWidth) + "\r");
            drawnWidth = 0;
        }
    }

    private void draw() {
        if (last == null || closed) {
            return;
        }
        clear();
        String line = line(last, measures, terminal.width() - ROOM_FOR_INTERRUPT);
        console.err().print(line);
        console.err().flush();
        drawnWidth = line.length();
    }

    /**
     * A bar, and as much beside it as fits, the most telling first; without an end no bar, and where it is very narrow
     * none either.
     */
    public static String line(Progress progress, Measures measures, int width) {
        boolean endless = !Double.isFinite(progress.done());
        String head = endless ? "" : "%3.0f%%".formatted(Math.floor(100 * progress.done()));
        int bar = endless ? 0 : SHORTEST_BAR + 1;
        String tail = tails(progress, measures).stream()
                .filter(text -> head.length() + bar + text.length() <= width)
                .findFirst()
                .orElse("");
        int room = Math.min(LONGEST_BAR, width - head.length() - tail.length() - 1);
        String line = head + (endless || room < SHORTEST_BAR ? "" : " " + bar(progress.done(), room)) + tail;
        return line.length() > width ? line.substring(0, Math.max(0, width)) : line;
    }

    /** What stands beside the bar, from everything to the least. */
    private static List<String> tails(Progress progress, Measures measures) {
        String steps = "  step %,d".formatted(progress.step());
        String allSteps = progress.totalSteps() == TrainingSettings.UNLIMITED
                ? steps
                : steps + "/%,d".formatted(progress.totalSteps());
        String loss = "  loss " + measures.loss().shortNumber(progress.loss());
        String speed = "  %s".formatted(Sizes.count(progress.speed()));
        String left =
                Double.isFinite(progress.secondsLeft()) ? "  " + Durations.text(progress.secondsLeft()) + " left" : "";
        String epoch = "  epoch %.2f".formatted(progress.epoch());
        String metric = beside(measures, measures.ofLoss(progress.loss()));
        String unit = " %s/s".formatted(measures.plural());
        return List.of(
                allSteps + epoch + loss + metric + speed + unit + left,
                allSteps + epoch + loss + speed + unit + left,
                allSteps + loss + speed + unit + left,
                steps + loss + speed + "/s" + left,
                loss + speed + "/s" + left,
                loss + left,
                loss);
    }

    private static String bar(double done, int width) {
        int filled = (int) Math.round(done * width);
        return "━".repeat(filled) + "─".repeat(width - filled);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            clear();
            console.err().flush();
            terminal.close();
        }
    }
}
