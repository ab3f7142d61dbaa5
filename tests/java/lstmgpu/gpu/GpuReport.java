package lstmgpu.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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

/** Puts what tests/gpu/run found into report.json and prints a table. Arguments: the folder, the commit, "rehearsal" or nothing. */
public final class GpuReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COUNT = Pattern.compile("(tests|skipped|failures|errors)=\"(\\d+)\"");

    /** Steps that are tests. */
    private static final List<String> TESTED = List.of("conformance", "conformance-sequence");

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
        Path fresh = made.folder.resolve("report.json.new");
        Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(made.report));
        Files.move(fresh, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        made.print();
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
        for (String name : TESTED) {
            collectTests(name);
        }
        collectTraining();
        for (String line : lines("exchange.log")) {
            if (line.startsWith("{")) {
                parse(line).ifPresent(report.withArray("exchange")::add);
            }
        }
        for (String line : lines("quality.log")) {
            if (line.startsWith("{") && line.contains("perplexity")) {
                parse(line).ifPresent(quality -> report.set("quality", quality));
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                collectRows(lines(file.getFileName().toString()));
            }
        }
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

    /** What training.py checked, and the losses of every run by step. */
    private void collectTraining() throws IOException {
        Path file = folder.resolve("training.json");
        if (Files.exists(file)) {
            report.set("training", JSON.readTree(Files.readAllBytes(file)));
        }
    }

    private void print() {
        System.out.printf("%ncommit %s%n", report.path("commit").asText());
        report.path("machine").forEach(line -> System.out.println(line.asText()));
        System.out.println();
        for (JsonNode step : report.path("steps")) {
            String outcome = step.has("left_out")
                    ? "left out: " + step.path("left_out").asText()
                    : step.path("exit_code").asInt() == 0 ? "ok" : "FAILED with " + step.path("exit_code");
            System.out.printf(
                    Locale.ROOT,
                    "%-26s %6.1f s  %s%n",
                    text(step, "step"),
                    step.path("seconds").asDouble(),
                    outcome);
        }
        for (String name : TESTED) {
            report.path(name)
                    .properties()
                    .forEach(count -> System.out.printf("%s %s %s%n", name, count.getKey(), count.getValue()));
        }
        for (JsonNode way : report.path("exchange")) {
            System.out.printf(
                    Locale.ROOT,
                    "%-56s %10.2f ns%n",
                    text(way, "exchange"),
                    way.path("nanoseconds").asDouble());
        }
        for (JsonNode check : report.path("training").path("checks")) {
            String outcome = check.path("holds").asBoolean() ? "ok" : "FAILED";
            System.out.printf("%-6s  %s: %s%n", outcome, text(check, "name"), check.path("value"));
        }
        if (report.has("quality")) {
            System.out.println("quality " + report.path("quality"));
        }
        System.out.println();
        if (report.path("rows") instanceof ArrayNode rows) {
            printRows(rows);
        }
    }

    /** Every row, and how many times as fast as each of PyTorch's at the same shape it is. */
    private static void printRows(ArrayNode rows) {
        Map<String, Map<String, Double>> peers = new TreeMap<>();
        for (JsonNode row : rows) {
            if (text(row, "implementation").startsWith("pytorch")) {
                peers.computeIfAbsent(key(row), _ -> new TreeMap<>())
                        .put(
                                text(row, "implementation"),
                                row.path("milliseconds").path("median").asDouble());
            }
        }
        for (JsonNode row : rows) {
            double median = row.path("milliseconds").path("median").asDouble();
            StringBuilder ratios = new StringBuilder();
            if (!text(row, "implementation").startsWith("pytorch")) {
                peers.getOrDefault(key(row), Map.of())
                        .forEach((peer, theirs) ->
                                ratios.append(String.format(Locale.ROOT, "  %.2fx %s", theirs / median, peer)));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %-16s %-5s %10.3f ms (%.3f, %.3f) %12.0f tokens/s%s%n",
                    key(row),
                    text(row, "implementation"),
                    text(row, "precision"),
                    median,
                    row.path("milliseconds").path("low").asDouble(),
                    row.path("milliseconds").path("high").asDouble(),
                    row.path("tokens_per_second").asDouble(),
                    ratios);
        }
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }

    private static String key(JsonNode row) {
        return "%s %s %sx%sx%sx%s"
                .formatted(
                        text(row, "what"),
                        text(row, "cell"),
                        row.path("layers"),
                        row.path("hidden"),
                        row.path("batch"),
                        row.path("steps"));
    }
}
