package lstmgpu.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.Count;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.ErrorTerminal;
import lstmgpu.train.TrainingListener;
import lstmgpu.tune.Halving;
import lstmgpu.tune.SearchListener;
import lstmgpu.tune.SearchRecord;
import lstmgpu.tune.Trial;

/** What is seen of a search while it lasts, on standard error: a line a run, and on a terminal one that moves. */
final class TuneView implements SearchListener, AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int WIDTH = 80;

    /** The terminal echoes Ctrl-C as ^C behind the line. */
    private static final int ROOM_FOR_INTERRUPT = 3;

    private static final String FORM = "%4s  %8s  %10s  %7s  %s";

    private final Console console;
    private final Halving halving;
    private final int runs;
    private final boolean silent;
    private final ErrorTerminal terminal;
    private final String summary;
    private int drawnWidth;
    private boolean headed;

    /** How it is shown. */
    enum Style {
        AUTO,
        BAR,
        PLAIN,
        NONE
    }

    private TuneView(Console console, SearchRecord record, long settings, boolean silent, ErrorTerminal terminal) {
        this.console = console;
        this.halving = record.halving();
        this.runs = record.runs();
        this.silent = silent;
        this.terminal = terminal;
        this.summary = summary(record, settings);
    }

    /** @param settings how many different ones there are */
    static TuneView of(Style style, Console console, SearchRecord record, long settings) {
        ErrorTerminal terminal =
                style == Style.BAR || style == Style.AUTO && console.process() ? new ErrorTerminal() : null;
        if (terminal != null && style == Style.AUTO && !terminal.isTerminal()) {
            terminal.close();
            terminal = null;
        }
        return new TuneView(console, record, settings, style == Style.NONE, terminal);
    }

    private String summary(SearchRecord record, long settings) {
        int rungs = halving.rungs();
        String many = runs == 0
                ? "runs are drawn until the time is over"
                : Count.of(runs, "run") + (runs >= settings ? ", which are all there are" : "");
        String sizes = runs == 0
                ? "the best of %d go on".formatted(halving.eta())
                : "on these %s of them"
                        .formatted(IntStream.range(0, rungs)
                                .mapToObj(rung -> Integer.toString(halving.meantFor(rung, runs)))
                                .collect(Collectors.joining(", ")));
        String shares = IntStream.range(0, rungs)
                .mapToObj(rung -> rung == rungs - 1 ? "all" : halving.shareText(rung))
                .collect(Collectors.joining(", "));
        String going = record.trials().isEmpty()
                ? ""
                : "; going on after " + Count.of(record.trials().size(), "run");
        return rungs == 1
                ? "%s of full length%s".formatted(many, going)
                : "%s; shares of the steps: %s, %s%s".formatted(many, shares, sizes, going);
    }

    /** A line that stays. */
    synchronized void say(String line) {
        if (!silent) {
            clear();
            console.say(line);
        }
    }

    @Override
    public TrainingListener climbs(Halving.Job job) {
        return new Moving(job);
    }

    /** Once a run trains, or was refused: what ends the search before that is told by itself. */
    private synchronized void head() {
        if (!headed) {
            headed = true;
            say(summary);
            say(FORM.formatted("run", "steps", "held out", "time", "settings"));
        }
    }

    @Override
    public synchronized void told(Trial trial) {
        head();
        say(fitted(line(trial)));
    }

    /** A terminal would break a longer line; whoever reads a file wants all of it. */
    private String fitted(String line) {
        int room = terminal != null && terminal.isTerminal() ? Math.max(WIDTH, terminal.width()) : line.length();
        return line.length() > room ? line.substring(0, room - 1) + "…" : line;
    }

    private String line(Trial trial) {
        String reached = trial.isSound()
                ? halving.shareText(trial.rungs() - 1).equals("1") ? "all" : halving.shareText(trial.rungs() - 1)
                : trial.status().word();
        return FORM.formatted(
                trial.run(),
                reached,
                Double.isFinite(trial.loss()) ? String.format(Locale.ROOT, "%.4f", trial.loss()) : "",
                Durations.text(trial.seconds()),
                trial.status() == Trial.Status.REFUSED ? trial.reason() : TuneReport.settings(trial));
    }

    private void clear() {
        if (drawnWidth > 0) {
            console.err().control(terminal.isTerminal() ? CLEAR_LINE : "\r" + " ".repeat(drawnWidth) + "\r");
            drawnWidth = 0;
        }
    }

    private synchronized void draw(String text) {
        if (terminal == null || silent) {
            return;
        }
        clear();
        int room = Math.max(0, terminal.width() - ROOM_FOR_INTERRUPT);
        String line = text.length() > room ? text.substring(0, room) : text;
        console.err().print(line);
        console.err().flush();
        drawnWidth = line.length();
    }

    /** The line that moves is gone, so that results can be printed. */
    synchronized void end() {
        if (terminal != null && drawnWidth >= 0) {
            clear();
            console.err().flush();
            terminal.close();
            drawnWidth = -1;
        }
    }

    @Override
    public void close() {
        end();
    }

    /** The line of the run that trains. */
    private final class Moving implements TrainingListener {
        private final Halving.Job job;
        private final int number;
        private int from;
        private int to;
        private long drawnAt;

        Moving(Halving.Job job) {
            this.job = job;
            this.number = job.trial().run();
        }

        @Override
        public void started(Start start) {
            head();
            from = start.startStep();
            to = halving.steps(job.rung(), start.totalSteps());
        }

        @Override
        public void progress(Progress progress) {
            long now = System.nanoTime();
            if (now - drawnAt < REDRAW_NANOS) {
                return;
            }
            drawnAt = now;
            draw(String.format(
                    Locale.ROOT,
                    "run %d%s: step %,d to %,d, %3.0f%%, loss %.4f  %s",
                    number,
                    runs == 0 ? "" : " of " + runs,
                    from,
                    to,
                    Math.floor(100.0 * (progress.step() - from) / Math.max(1, to - from)),
                    progress.loss(),
                    TuneReport.settings(job.trial())));
        }

        @Override
        public void notice(String message) {
            say("run %d: %s".formatted(number, message));
        }
    }
}
