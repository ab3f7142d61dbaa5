package lstmgpu.cli.progress;

import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Sizes;
import lstmgpu.network.Measures;
import lstmgpu.train.TrainingSettings;

/** A line now and then, for logs: no control characters, at most one in ten seconds. */
public final class ProgressLines extends ProgressView {
    private static final long EVERY_NANOS = 10_000_000_000L;

    private long printedAt = System.nanoTime();

    ProgressLines(Console console, DeviceInfo device, Measures measures) {
        super(console, device, measures);
    }

    @Override
    public void started(Start start) {
        console.say(summary(start));
    }

    @Override
    public void progress(Progress progress) {
        long now = System.nanoTime();
        if (now - printedAt < EVERY_NANOS) {
            return;
        }
        printedAt = now;
        console.say(line(progress, measures));
    }

    /** Where a run is, in full. */
    public static String line(Progress progress, Measures measures) {
        String total = progress.totalSteps() == TrainingSettings.UNLIMITED
                ? Double.isFinite(progress.done()) ? " (%.0f%%)".formatted(Math.floor(100 * progress.done())) : ""
                : "/%,d".formatted(progress.totalSteps());
        String left =
                Double.isFinite(progress.secondsLeft()) ? "  " + Durations.text(progress.secondsLeft()) + " left" : "";
        return "step %,d%s  epoch %.2f  loss %s%s  %s %s/s%s"
                .formatted(
                        progress.step(),
                        total,
                        progress.epoch(),
                        measures.loss().number(progress.loss()),
                        beside(measures, measures.ofLoss(progress.loss())),
                        Sizes.count(progress.speed()),
                        measures.plural(),
                        left);
    }

    @Override
    public void evaluation(Evaluation evaluation) {
        console.say(line(evaluation));
    }

    @Override
    public void sample(Sample sample) {
        console.say(text(sample));
    }

    @Override
    public void notice(String message) {
        console.say(message);
    }
}
