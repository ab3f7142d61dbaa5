package lstmgpu.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts what tests/gpu/run found into report.json and prints a table. Arguments: the folder, the commit, "rehearsal" or
 * nothing. The exit code is 1 if a loss curve or a text is not the CPU's.
 */
public final class GpuReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COUNT = Pattern.compile("(tests|skipped|failures|errors)=\"(\\d+)\"");
    private static final String JUDGE = "cpu-fp32";
    private static final String JUDGES_TEXT = "cpu";

    /** Nats between losses in float32, and between those of a plan whose products are rounded and float32's. */
    private static final double EXACT = 1e-3;

    private static final double ROUNDED = 0.02;

    private final Path folder;
    private final ObjectNode report = JSON.createObjectNode();

    private GpuReport(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        GpuReport made = new GpuReport(Path.of(arguments[0]));
        made.report
                .put("commit", arguments[1])
                .put("rehearsal", arguments.length > 2 && !arguments[2].isEmpty())
                .put("date", Instant.now().toString());
        made.collect();
        Path target = made.folder.resolve("report.json");
        Files.write(target, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(made.report));
        new GpuTable(made.report).print();
        for (JsonNode check : made.report.path("checks")) {
            if (!check.path("holds").asBoolean()) {
                System.exit(1);
            }
        }
    }

    /** Files of a folder below, by name; none without it. */
    private List<Path> files(String below, String ending) throws IOException {
        Path where = folder.resolve(below);
        if (!Files.isDirectory(where)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(where)) {
            return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    private List<String> lines(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file)
                ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : List.of();
    }

    private void collect() throws IOException {
        lines("machine.log").forEach(report.withArray("machine")::add);
        for (String line : lines("steps.tsv")) {
            String[] fields = line.split("\t");
            ObjectNode step = report.withArray("steps").addObject().put("step", fields[0]);
            if (fields[1].equals("-")) {
                step.put("left_out", fields[3]);
            } else {
                step.put("exit_code", Integer.parseInt(fields[1])).put("seconds", Double.parseDouble(fields[2]));
            }
        }
        for (Path tested : files("", ".log")) {
            if (stem(tested).startsWith("conformance-")) {
                collectTests(stem(tested));
            }
        }
        collectCurves();
        collectTexts();
        collectObjects("exchange", "exchange");
        for (Path probe : files("", ".log")) {
            if (stem(probe).startsWith("probe-")) {
                collectObjects(stem(probe), "probe");
            }
        }
        for (String line : lines("quality.log")) {
            if (line.startsWith("{") && line.contains("perplexity")) {
                parse(line).ifPresent(quality -> report.set("quality", quality));
            }
        }
        for (Path rows : files("", ".jsonl")) {
            collectRows(lines(rows.getFileName().toString()));
        }
    }

    /** Lines of JSON in a step's output. */
    private void collectObjects(String step, String field) throws IOException {
        for (String line : lines(step + ".log")) {
            if (line.startsWith("{")) {
                parse(line).ifPresent(report.withArray(field)::add);
            }
        }
    }

    private void check(String name, boolean holds, String value) {
        report.withArray("checks")
                .addObject()
                .put("name", name)
                .put("holds", holds)
                .put("value", value);
    }

    /** Training losses by step, each plan's beside the CPU's. */
    private void collectCurves() throws IOException {
        Map<String, Map<String, Double>> curves = new TreeMap<>();
        for (Path file : files("curves", ".csv")) {
            curves.put(stem(file), GpuCurve.losses(file));
        }
        report.set("curves", JSON.valueToTree(curves));
        Map<String, Double> judge = curves.getOrDefault(JUDGE, Map.of());
        curves.forEach((name, losses) -> {
            double limit = name.endsWith("fp32") ? EXACT : ROUNDED;
            double apart = GpuCurve.distance(judge, losses);
            if (!name.equals(JUDGE)) {
                String value = String.format(Locale.ROOT, "%.2e nats apart over %d rows", apart, losses.size());
                check("losses of " + name + " are the CPU's", apart <= limit, value);
            }
        });
    }

    private void collectTexts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : files("texts", ".txt")) {
            texts.put(stem(file), Files.readString(file));
        }
        report.set("texts", JSON.valueToTree(texts));
        texts.forEach((way, text) -> {
            if (!way.equals(JUDGES_TEXT)) {
                boolean same = !text.isBlank() && text.equals(texts.get(JUDGES_TEXT));
                check("the text written by " + way + " is the CPU's", same, text.length() + " characters");
            }
        });
    }

    /** Rows of a benchmark; a header's values are the device's and its libraries'. */
    private void collectRows(List<String> lines) {
        for (String line : lines) {
            parse(line)
                    .ifPresent(value -> report.withArray(value.has("what") ? "rows" : "headers")
                            .add(value));
        }
    }

    /** A step that was stopped may leave a line without its end; that costs this line and no other. */
    private Optional<JsonNode> parse(String line) {
        try {
            return Optional.of(JSON.readTree(line));
        } catch (JsonProcessingException broken) {
            report.withArray("broken").add(line);
            return Optional.empty();
        }
    }

    private void collectTests(String name) throws IOException {
        Path file = folder.resolve("junit").resolve(name).resolve("TEST-junit-jupiter.xml");
        if (!Files.exists(file)) {
            countTests(name);
            return;
        }
        Matcher counts = COUNT.matcher(Files.readString(file)
                .lines()
                .filter(line -> line.startsWith("<testsuite "))
                .findFirst()
                .orElse(""));
        while (counts.find()) {
            report.withObject("/" + name).put(counts.group(1), Integer.parseInt(counts.group(2)));
        }
    }

    /** JUnit writes its report at the end; of a run that was stopped there is what it told case by case. */
    private void countTests(String name) throws IOException {
        List<String> lines = lines(name + ".log");
        long failures =
                lines.stream().filter(line -> line.endsWith(":: FAILED")).count();
        long passed =
                lines.stream().filter(line -> line.endsWith(":: SUCCESSFUL")).count();
        if (failures + passed > 0) {
            report.withObject("/" + name)
                    .put("stopped", true)
                    .put("tests", failures + passed)
                    .put("failures", failures);
        }
    }
}
