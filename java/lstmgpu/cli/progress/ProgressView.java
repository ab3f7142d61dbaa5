package lstmgpu.cli.progress;

import lstmgpu.Count;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ErrorTerminal;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;

/** Shows a training run on standard error. */
public abstract class ProgressView implements TrainingListener, AutoCloseable {
    /** How it is shown. */
    public enum Style {
        AUTO,
        BAR,
        PLAIN,
        JSON,
        NONE
    }

    final Console console;
    final DeviceInfo device;

    ProgressView(Console console, DeviceInfo device) {
        this.console = console;
        this.device = device;
    }

    /** auto is a bar where standard error is a terminal, and plain lines elsewhere. */
    public static ProgressView of(Style style, Console console, DeviceInfo device) {
        return switch (style) {
            case NONE -> new Silence(console, device);
            case JSON -> new ProgressJson(console, device);
            case PLAIN -> new ProgressLines(console, device);
            case BAR -> new ProgressBar(console, device, new ErrorTerminal());
            case AUTO -> automatic(console, device);
        };
    }

    private static ProgressView automatic(Console console, DeviceInfo device) {
        if (console.process()) {
            ErrorTerminal terminal = new ErrorTerminal();
            if (terminal.isTerminal()) {
                return new ProgressBar(console, device, terminal);
            }
            terminal.close();
        }
        return new ProgressLines(console, device);
    }

    @Override
    public void close() {}

    /** Shows nothing. */
    private static final class Silence extends ProgressView {
        Silence(Console console, DeviceInfo device) {
            super(console, device);
        }
    }

    static String summary(Start start, DeviceInfo device) {
        return "%s on %s (%s); %s to train, %,d held out%s"
                .formatted(
                        Count.of(start.parameters(), "parameter"),
                        device.backend(),
                        device.name(),
                        Count.of(start.trainingTokens(), "token"),
                        start.validationTokens(),
                        start.startStep() > 0 ? "; going on after step %,d".formatted(start.startStep()) : "");
    }

    static String line(Evaluation evaluation) {
        if (evaluation.step() == 0) {
            return "before the first step  held-out loss %.4f  perplexity %.2f"
                    .formatted(evaluation.result().loss(), evaluation.result().perplexity());
        }
        return "step %,d  epoch %.2f  held-out loss %.4f  perplexity %.2f%s"
                .formatted(
                        evaluation.step(),
                        evaluation.epoch(),
                        evaluation.result().loss(),
                        evaluation.result().perplexity(),
                        evaluation.best() ? "  best so far" : "");
    }

    static String text(Sample sample) {
        return "--- sample at step %,d ---\n%s\n---".formatted(sample.step(), sample.text());
    }

    @Override
    public void finished(TrainingResult result) {
        close();
    }
}
