package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.flags.GateFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.Tokenizer;
import lstmgpu.files.AtomicFiles;
import lstmgpu.inspect.GateMap;
import lstmgpu.inspect.GateTrace;
import lstmgpu.inspect.TextFeature;
import lstmgpu.inspect.UnitSearch;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;

/** Looks inside a model while it reads a text. */
final class GateInspection {
    /** Every one of them is a step on one core. */
    private static final int MOST_TOKENS = 10_000;

    private static final int SHOWN_UNITS = 8;

    private final ModelDirectory directory;
    private final GateFlags flags;
    private final Console console;
    private final NetworkConfig config;

    GateInspection(ModelDirectory directory, GateFlags flags, Console console) {
        this.directory = directory;
        this.flags = flags;
        this.console = console;
        this.config = directory.config();
    }

    /**
     * @throws LstmGpuException with exit code 2 if flags contradict each other or name no layer or unit of the model, 3
     *     if the text is too short or the model has no weights
     */
    void run(boolean json) {
        check();
        Tokenizer tokenizer = directory.tokenizer();
        int[] ids = Prompt.read(flags.text, flags.file, console).tokens(tokenizer, "the text", console);
        if (ids.length < 2) {
            throw LstmGpuException.data(
                    "the text has %s; give two or more, best a page or more", Count.of(ids.length, "token"));
        }
        if (ids.length > MOST_TOKENS) {
            console.say("the first %,d tokens of %,d are looked at".formatted(MOST_TOKENS, ids.length));
            ids = Arrays.copyOf(ids, MOST_TOKENS);
        }
        GateTrace trace = new GateTrace(config, directory.weights());
        UnitSearch search = new UnitSearch(trace, tokenizer, ids);
        if (flags.html != null) {
            draw(new Drawing(trace, tokenizer, ids, search));
        }
        console.print(json ? json(search, ids.length) : table(search, ids.length));
    }

    private record Drawing(GateTrace trace, Tokenizer tokenizer, int[] ids, UnitSearch search) {}

    private void draw(Drawing drawing) {
        AtomicFiles.write(flags.html, bytes -> {
            Writer page = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
            new GateMap(page, drawing.trace, drawing.tokenizer)
                    .write(
                            "What the units of %s do".formatted(directory.path().getFileName()),
                            drawing.ids,
                            drawing.search,
                            units(drawing.search));
            page.flush();
        });
    }

    private void check() {
        if (!flags.hasText()) {
            throw LstmGpuException.usage("--html, --units and --layer show a model on a text; add --text or --file");
        }
        if (flags.text != null && flags.file != null) {
            throw LstmGpuException.usage("--text and --file both give the text; choose one");
        }
        if (flags.layer != null) {
            requireIndex("--layer", flags.layer, config.layers());
        }
        if (flags.units != null) {
            flags.units.forEach(unit -> requireIndex("--units", unit, config.hiddenSize()));
        }
    }

    private static void requireIndex(String flag, int value, int size) {
        if (value < 0 || value >= size) {
            throw LstmGpuException.usage("%s must lie in [0, %d] for this model, not %d", flag, size - 1, value);
        }
    }

    /** The best for every feature, then the liveliest. */
    private List<UnitSearch.Unit> units(UnitSearch search) {
        int last = flags.layer == null ? config.layers() - 1 : flags.layer;
        if (flags.units != null) {
            return flags.units.stream()
                    .distinct()
                    .map(unit -> new UnitSearch.Unit(last, unit))
                    .toList();
        }
        return search.telling(flags.layer, SHOWN_UNITS);
    }

    private static String json(UnitSearch search, int tokens) {
        ObjectNode object = JsonLines.object().put("tokens", tokens);
        ArrayNode findings = object.putArray("findings");
        for (TextFeature feature : TextFeature.values()) {
            for (UnitSearch.Finding finding : search.best(feature, 1)) {
                findings.addObject()
                        .put("follows", feature.label())
                        .put("layer", finding.unit().layer())
                        .put("unit", finding.unit().index())
                        .put("correlation", finding.correlation());
            }
        }
        return JsonLines.line(object) + "\n";
    }

    private static String table(UnitSearch search, int tokens) {
        StringBuilder table = new StringBuilder();
        table.append("%-28s %6s %6s %12s\n".formatted("follows", "layer", "unit", "correlation"));
        for (TextFeature feature : TextFeature.values()) {
            List<UnitSearch.Finding> best = search.best(feature, 1);
            if (best.isEmpty()) {
                table.append("%-28s not in this text\n".formatted(feature.label()));
            } else {
                UnitSearch.Finding finding = best.getFirst();
                table.append("%-28s %6d %6d %+12.2f\n"
                        .formatted(
                                feature.label(),
                                finding.unit().layer(),
                                finding.unit().index(),
                                finding.correlation()));
            }
        }
        return table.append("over %s\n".formatted(Count.of(tokens, "token"))).toString();
    }
}
