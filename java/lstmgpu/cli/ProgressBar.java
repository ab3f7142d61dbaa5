package lstmgpu.cli;

import lstmgpu.backend.DeviceInfo;
import lstmgpu.train.TrainingSettings;

/** One line that is drawn again and again, with lasting lines above it. */
final class ProgressBar extends ProgressView {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int SHORTEST_BAR = 5;

    /** The terminal echoes Ctrl-C as ^C behind the line. */
    private static final int ROOM_FOR_INTERRUPT = 3;

    private static final int LONGEST_BAR = 40;

    private final ErrorTerminal terminal;
    private final boolean escapes;
    private Progress last;
    private long drawnAt;
    private int drawnWidth;
    private boolean closed;

    ProgressBar(Console console, DeviceInfo device, ErrorTerminal terminal) {
        super(console, device);
        this.terminal = terminal;
        this.escapes = terminal.isTerminal();
    }

    @Override
    public void started(Start start) {
        above(summary(start, device));
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
        String line = line(last, terminal.width() - ROOM_FOR_INTERRUPT);
        console.err().print(line);
        console.err().flush();
        drawnWidth = line.length();
    }

    /** As much of the line as fits, the most telling part first. */
    static String line(Progress progress, int width) {
        boolean endless = progress.totalSteps() == TrainingSettings.UNLIMITED;
        double done = endless ? 0 : (double) progress.step() / Math.max(1, progress.totalSteps());
        String left =
                Double.isFinite(progress.secondsLeft()) ? "  " + Durations.text(progress.secondsLeft()) + " left" : "";
        String head = endless ? "%,d".formatted(progress.step()) : "%3.0f%%".formatted(Math.floor(100 * done));
        String tail = "  step %,d%s  epoch %.2f  loss %.3f  perplexity %.2f  %s tokens/s%s"
                .formatted(
                        progress.step(),
                        endless ? "" : "/%,d".formatted(progress.totalSteps()),
                        progress.epoch(),
                        progress.loss(),
                        progress.perplexity(),
                        Sizes.count(progress.tokensPerSecond()),
                        left);
        int room = Math.min(LONGEST_BAR, width - head.length() - tail.length() - 1);
        String bar = endless || room < SHORTEST_BAR ? "" : " " + bar(done, room);
        if (head.length() + bar.length() + tail.length() > width) {
            tail = "  loss %.3f  %s/s%s".formatted(progress.loss(), Sizes.count(progress.tokensPerSecond()), left);
        }
        String line = head + bar + tail;
        return line.length() > width ? line.substring(0, Math.max(0, width)) : line;
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
