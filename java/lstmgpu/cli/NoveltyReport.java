package lstmgpu.cli;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.Printable;
import lstmgpu.cli.report.Console;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.generate.GeneratedText;
import lstmgpu.generate.Novelty;

/** What {@code generate --novelty} says. */
final class NoveltyReport {
    private NoveltyReport() {}

    /** A line a sample; without texts to compare with, nothing. */
    static void say(List<GeneratedText> samples, List<Path> texts, Console console) {
        for (int i = 0; i < samples.size() && !texts.isEmpty(); i++) {
            Novelty novelty = new Novelty(samples.get(i).text());
            texts.forEach(text -> read(novelty, text));
            Novelty.Report report = novelty.report();
            console.say("%s%d of %s (%.0f %%) stand in %s in runs of %d or more; the longest has %d: %s"
                    .formatted(
                            samples.size() > 1 ? "sample %d: ".formatted(i + 1) : "",
                            report.verbatim(),
                            Count.of(report.characters(), "character"),
                            100.0 * report.verbatim() / Math.max(1, report.characters()),
                            InputFiles.describe(texts),
                            Novelty.LEAST,
                            report.longest().length(),
                            Printable.line(report.longest())));
        }
    }

    private static void read(Novelty novelty, Path text) {
        try (Reader reader = new InputStreamReader(InputFiles.open(text), StandardCharsets.UTF_8)) {
            novelty.read(reader);
        } catch (IOException failure) {
            throw IoErrors.unreadable(text, failure);
        }
    }
}
