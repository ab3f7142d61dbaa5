package lstmgpu.cli.progress;

import java.util.Map;
import lstmgpu.Count;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ErrorTerminal;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
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
    final Measures measures;

    ProgressView(Console console, DeviceInfo device, Measures measures) {
        this.console = console;
        this.device = device;
        this.measures = measures;
    }

    /** auto is a bar where standard error is a terminal, and plain lines elsewhere. */
    public static ProgressView of(Style style, Console console, DeviceInfo device, Measures measures) {
        return switch (style) {
            case NONE -> new Silence(console, device, measures);
            case JSON -> new ProgressJson(console, device, measures);
            case PLAIN -> new ProgressLines(console, device, measures);
            case BAR -> new ProgressBar(console, device, measures, new ErrorTerminal());
            case AUTO -> automatic(console, device, measures);
        };
    }

    private static ProgressView automatic(Console console, DeviceInfo device, Measures measures) {
        if (console.process()) {
            ErrorTerminal terminal = new ErrorTerminal();
            if (terminal.isTerminal()) {
                return new ProgressBar(console, device, measures, terminal);
            }
            terminal.close();
        }
        return new ProgressLines(console, device, measures);
    }

    @Override
    public void close() {}

    /** Shows nothing. */
    private static final class Silence extends ProgressView {
        Silence(Console console, DeviceInfo device, Measures measures) {
            super(console, device, measures);
        }
    }

    String summary(Start start) {
        return "%s on %s (%s); %s to train, %,d held out%s"
                .formatted(
                        Count.of(start.parameters(), "parameter"),
                        device.backend(),
                        device.name(),
                        Count.of(start.trainingLength(), measures.counted()),
                        start.heldOutLength(),
                        start.startStep() > 0 ? "; going on after step %,d".formatted(start.startStep()) : "");
    }

    String line(Evaluation evaluation) {
        EvaluationResult result = evaluation.result();
        String told = "held-out loss " + measures.loss().number(result.loss()) + beside(measures, measures.of(result));
        return evaluation.step() == 0
                ? "before the first step  " + told
                : "step %,d  epoch %.2f  %s%s"
                        .formatted(
                                evaluation.step(), evaluation.epoch(), told, evaluation.best() ? "  best so far" : "");
    }

    /** What stands behind a loss. */
    static String beside(Measures measures, Map<Metric, Double> told) {
        String first = measures.first(told);
        return first.isEmpty() ? "" : "  " + first;
    }

    static String text(Sample sample) {
        return "--- sample at step %,d ---\n%s\n---".formatted(sample.step(), sample.text());
    }

    @Override
    public void finished(TrainingResult result) {
        close();
    }
}
