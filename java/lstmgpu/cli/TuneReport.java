package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.ShellWord;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.TextTable;
import lstmgpu.tune.Search;
import lstmgpu.tune.SearchPage;
import lstmgpu.tune.SearchRecord;
import lstmgpu.tune.Trial;

/**
 * What a search came to: all runs, the best first, and the command that the best one is.
 *
 * @param notice hears what is no result
 */
record TuneReport(Console console, Consumer<String> notice, Path output, SearchRecord record, TuneSpace space) {
    private static final int WIDTH = 80;
    private static final String BEST = "best";

    /** On a line, without the dashes of flags. */
    static String settings(Trial trial) {
        return trial.settings().entrySet().stream()
                .map(setting -> plain(setting.getKey()) + " " + setting.getValue())
                .collect(Collectors.joining("  "));
    }

    private static String plain(String flag) {
        return flag.substring(2);
    }

    void print(Search.End end) {
        if (record.trials().isEmpty()) {
            goOn(end);
            return;
        }
        console.print(table());
        record.trials().stream()
                .filter(trial -> trial.status() == Trial.Status.REFUSED)
                .forEach(trial -> console.print("run %d was refused: %s\n".formatted(trial.run(), trial.reason())));
        Trial best = record.best();
        if (best == null) {
            console.flush();
            notice.accept("no run has trained; the lines above say why");
            return;
        }
        String sentence = sentence(best);
        String command = space.with(best.settings()).line(output.resolve(BEST));
        console.print("\n%s\n%s\n".formatted(sentence, command));
        console.flush();
        String missing = SearchPage.write(output, record, sentence, command);
        notice.accept(missing.isEmpty() ? "pictures: " + output.resolve(SearchPage.NAME) : missing);
        goOn(end);
    }

    private String sentence(Trial best) {
        return "%s, run %d: held-out loss %.4f %s after %s in %s; its model is in %s"
                .formatted(
                        best.rungs() == record.rungs()
                                ? "The best"
                                : "The best so far, which has not trained all its steps",
                        best.run(),
                        best.loss(),
                        record.lossUnit(),
                        Count.of(best.marks().getLast().steps(), "step"),
                        Durations.text(best.seconds()),
                        Search.folder(output, best));
    }

    private void goOn(Search.End end) {
        if (end != Search.End.COMPLETE) {
            notice.accept("go on with: %s tune -o %s --resume%s"
                    .formatted(
                            Program.NAME,
                            ShellWord.of(output),
                            end == Search.End.TIME ? " --max-time " + Durations.text(2 * record.seconds()) : ""));
        }
    }

    /** As many settings as fit beside the loss. */
    private String table() {
        List<String> names = new ArrayList<>(record.space().keySet());
        String text = table(names);
        while (names.size() > 1 && text.lines().anyMatch(line -> line.length() > WIDTH)) {
            names.removeLast();
            text = table(names);
        }
        int left = record.space().size() - names.size();
        return left == 0 ? text : text + "%s more in %s\n".formatted(Count.of(left, "setting"), SearchPage.NAME);
    }

    private String table(List<String> names) {
        List<String> heading = new ArrayList<>(List.of("run", "steps", "held out", "time"));
        names.forEach(name -> heading.add(plain(name)));
        TextTable table = new TextTable(heading.toArray(String[]::new));
        record.trials().stream().sorted(Trial.BEST_FIRST).forEach(trial -> {
            List<String> line = new ArrayList<>(List.of(Integer.toString(trial.run())));
            line.add(
                    trial.isSound() && trial.rungs() > 0
                            ? "%,d".formatted(trial.marks().getLast().steps())
                            : trial.status().word());
            line.add(Double.isFinite(trial.loss()) ? String.format(Locale.ROOT, "%.4f", trial.loss()) : "");
            line.add(Durations.text(trial.seconds()));
            names.forEach(name -> line.add(trial.settings().get(name)));
            table.add(line.toArray(String[]::new));
        });
        return table.text();
    }
}
