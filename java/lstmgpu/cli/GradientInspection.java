package lstmgpu.cli;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.flags.GateFlags;
import lstmgpu.cli.flags.GradientFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.TextTable;
import lstmgpu.data.Tokenizer;
import lstmgpu.files.AtomicFiles;
import lstmgpu.inspect.GradientPage;
import lstmgpu.inspect.GradientReach;
import lstmgpu.inspect.GradientTrace;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.RunRecord;

/** Finds out how far back the loss of a model reaches in a text. */
final class GradientInspection {
    private final ModelDirectory directory;
    private final GateFlags text;
    private final GradientFlags flags;
    private final Console console;

    GradientInspection(ModelDirectory directory, GateFlags text, GradientFlags flags, Console console) {
        this.directory = directory;
        this.text = text;
        this.flags = flags;
        this.console = console;
    }

    /**
     * @throws LstmGpuException with exit code 2 if flags contradict each other or are out of range, 3 if the text is
     *     too short or the model has no weights
     */
    void run(boolean json) {
        check();
        NetworkConfig config = directory.config();
        if (config.clusters() != null) {
            throw LstmGpuException.usage("--gradients follows a softmax over all tokens, and this model has an adaptive"
                    + " one; train one with --softmax full");
        }
        Tokenizer tokenizer = directory.tokenizer();
        int[] ids = Prompt.read(text.text, text.file, console).tokens(tokenizer, "the text", console);
        if (ids.length < 3) {
            throw LstmGpuException.data(
                    "the text has %s; give three or more, best some pages", Count.of(ids.length, "token"));
        }
        int distances = Math.min(flags.distances(), ids.length - 2);
        int[] places = places(ids.length, distances, flags.places());
        double[][][] norms = new GradientTrace(config, directory.weights()).norms(ids, places, distances);
        List<GradientReach> layers = IntStream.range(0, config.layers())
                .mapToObj(layer -> GradientReach.of(norms, layer))
                .toList();
        String method = ("Norm of d loss(t) / d h(t-k): arithmetic mean over %s spread evenly over %s; at each the"
                        + " network read up to %s before from a zero state.")
                .formatted(
                        Count.of(places.length, "place"),
                        Count.of(ids.length, "token"),
                        Count.of(2L * distances, "token"));
        if (text.html != null) {
            draw(layers, method);
        }
        console.print(json ? json(layers, places.length) : report(layers, method));
    }

    private void check() {
        if (!text.hasText()) {
            throw LstmGpuException.usage("--gradients looks at a model on a text; add --text or --file");
        }
        if (text.text != null && text.file != null) {
            throw LstmGpuException.usage("--text and --file both give the text; choose one");
        }
        if (text.layer != null || text.units != null) {
            throw LstmGpuException.usage(
                    "--layer and --units are for the gates, and --gradients shows whole layers; leave them out");
        }
        flags.check();
    }

    /** From the first with enough before it to the last that is followed by another. */
    private static int[] places(int length, int distances, int wanted) {
        int last = length - 2;
        int count = Math.min(wanted, last - distances + 1);
        return IntStream.range(0, count)
                .map(i -> count == 1 ? last : (int) (distances + (long) i * (last - distances) / (count - 1)))
                .toArray();
    }

    private void draw(List<GradientReach> layers, String method) {
        OptionalInt trained = trained();
        AtomicFiles.write(text.html, bytes -> {
            Writer page = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
            String title = "How far the gradients of %s reach"
                    .formatted(directory.path().getFileName());
            GradientPage.write(page, title, method, layers, trained);
            page.flush();
        });
    }

    /** Steps through which the model's training went back; unknown for a model without its record. */
    private OptionalInt trained() {
        if (directory.run().isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(RunRecord.settings(directory).loop().seqLength());
    }

    private static String json(List<GradientReach> layers, int places) {
        StringBuilder lines = new StringBuilder();
        for (GradientReach layer : layers) {
            for (int k = 0; k <= layer.farthest(); k++) {
                lines.append(JsonLines.line(JsonLines.object()
                                .put("layer", layer.layer())
                                .put("distance", k)
                                .put("norm", layer.means()[k])
                                .put("median", layer.medians()[k])))
                        .append('\n');
            }
        }
        for (GradientReach layer : layers) {
            int end = layer.vanishesAt();
            lines.append(JsonLines.line(JsonLines.object()
                            .put("layer", layer.layer())
                            .put("reach", end < 0 ? null : Integer.valueOf(end))
                            .put("farthest", layer.farthest())
                            .put("share", layer.share(layer.farthest()))
                            .put("places", places)))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String report(List<GradientReach> layers, String method) {
        List<String> heading = new ArrayList<>(List.of("tokens back"));
        layers.forEach(layer -> heading.addAll(List.of("layer " + layer.layer(), "share")));
        TextTable table = new TextTable(heading.toArray(String[]::new));
        for (int distance : GradientReach.shown(layers.getFirst().farthest())) {
            List<String> cells = new ArrayList<>(List.of(String.valueOf(distance)));
            layers.forEach(layer -> {
                cells.add(String.format(Locale.ROOT, "%.3g", layer.means()[distance]));
                cells.add(String.format(Locale.ROOT, "%.3g %%", GradientReach.PERCENT * layer.share(distance)));
            });
            table.add(cells.toArray(String[]::new));
        }
        StringBuilder report = new StringBuilder(table.text()).append('\n');
        layers.forEach(layer -> report.append(layer.sentence()).append('\n'));
        return report.append(method).append('\n').toString();
    }
}
