package lstmgpu.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.ChartFile;
import lstmgpu.inspect.Page;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;

/** {@code tune.html}: what a search has found, as a page with its pictures, its runs and the command of the best. */
public final class SearchPage {
    /** What it is called. */
    public static final String NAME = "tune.html";

    private static final String STYLE = """
        p { margin: .3rem 0 .8rem; } .wide { overflow-x: auto; } svg { display: block; min-width: 34rem; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; font: .9rem/1.5 ui-monospace, monospace; }
        table { border-collapse: collapse; margin: .5rem 0; } th { font-weight: 600; white-space: nowrap; }
        td, th { padding: .1rem .9rem .1rem 0; text-align: right; vertical-align: top; }
        """;

    private final Path folder;
    private final SearchRecord record;
    private final StringBuilder page = new StringBuilder();

    private SearchPage(Path folder, SearchRecord record) {
        this.folder = folder;
        this.record = record;
    }

    /**
     * Replaces the file as a whole; without a run that has trained there is nothing to show.
     *
     * @param sentence what the search came to
     * @param command that of the best run
     * @return why there are no pictures; empty if there are
     */
    public static String write(Path folder, SearchRecord record, String sentence, String command) {
        if (record.best() == null) {
            return "";
        }
        SearchPage page = new SearchPage(folder, record);
        String missing = page.fill(sentence, command);
        AtomicFiles.writeText(folder.resolve(NAME), page.page.toString());
        return missing;
    }

    private String fill(String sentence, String command) {
        page.append(Page.head("A search over " + Count.of(record.trials().size(), "run"), STYLE, _ -> ""));
        page.append("<p><b>%s</b></p>\n<pre>%s</pre>\n".formatted(Page.escape(sentence), Page.escape(command)));
        String missing = "";
        try {
            System.setProperty("java.awt.headless", "true");
            page.append(pictures());
        } catch (IOException | RuntimeException | LinkageError | InternalError noGraphics) {
            missing = ChartFile.unavailable(folder.resolve(NAME), noGraphics);
        }
        table();
        page.append("</body></html>\n");
        return missing;
    }

    private String pictures() throws IOException {
        StringBuilder pictures = new StringBuilder();
        add(
                pictures,
                "Held-out loss over time",
                SearchCharts.overTime(curves(), record.best().run(), record.lossUnit()));
        for (String flag : record.space().keySet()) {
            add(pictures, "Effect of " + flag.substring(2), SearchCharts.effect(record, flag));
        }
        return pictures.toString();
    }

    private static void add(StringBuilder pictures, String heading, String picture) {
        pictures.append("<h2>%s</h2>\n<div class=\"wide\">%s</div>\n".formatted(Page.escape(heading), picture));
    }

    private Map<Integer, List<MetricsFile.Row>> curves() {
        Map<Integer, List<MetricsFile.Row>> curves = new LinkedHashMap<>();
        for (Trial trial : record.trials()) {
            if (trial.rungs() > 0) {
                try (ModelDirectory run = ModelDirectory.open(Search.folder(folder, trial))) {
                    curves.put(trial.run(), run.metrics().rows());
                }
            }
        }
        return curves;
    }

    private void table() {
        page.append("<h2>Runs</h2>\n<div class=\"wide\"><table>\n<tr><th>run</th><th>steps</th><th>held out</th>"
                + "<th>seconds</th>");
        record.space().keySet().forEach(flag -> page.append("<th>%s</th>".formatted(Page.escape(flag.substring(2)))));
        page.append("</tr>\n");
        record.trials().stream().sorted(Trial.BEST_FIRST).forEach(trial -> {
            boolean measured = trial.rungs() > 0;
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%d</td><td>%s</td><td>%s</td><td>%.1f</td>",
                    trial.run(),
                    trial.isSound() && measured
                            ? "%,d".formatted(trial.marks().getLast().steps())
                            : trial.status().word(),
                    measured ? String.format(Locale.ROOT, "%.4f", trial.loss()) : "",
                    trial.seconds()));
            record.space()
                    .keySet()
                    .forEach(flag -> page.append(
                            "<td>%s</td>".formatted(Page.escape(trial.settings().get(flag)))));
            page.append("</tr>\n");
        });
        page.append("</table></div>\n");
        record.trials().stream()
                .filter(trial -> !trial.isSound())
                .forEach(trial -> page.append("<p>Run %d %s: %s</p>\n"
                        .formatted(
                                trial.run(),
                                trial.status() == Trial.Status.REFUSED ? "was refused" : "diverged",
                                Page.escape(Page.visible(trial.reason())))));
    }
}
