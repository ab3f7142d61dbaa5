package lstmgpu.gpu;

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
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Puts what tests/gpu/run found into report.json and prints a table. Arguments: the folder, the commit, "rehearsal" or nothing. */
public final class GpuReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COUNT = Pattern.compile("(tests|skipped|failures|errors)=\"(\\d+)\"");

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
        collectConformance();
        collectTraining();
        for (String line : lines("exchange.log")) {
            if (line.startsWith("{")) {
                report.withArray("exchange").add(JSON.readTree(line));
            }
        }
        for (String line : lines("quality.log")) {
            if (line.startsWith("{") && line.contains("perplexity")) {
                report.set("quality", JSON.readTree(line));
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
    private void collectRows(List<String> lines) throws IOException {
        for (String line : lines) {
            JsonNode value = JSON.readTree(line);
            if (value.has("what")) {
                report.withArray("rows").add(value);
            } else {
                report.withArray("headers").add(value);
            }
        }
    }

    private void collectConformance() throws IOException {
        Path file = folder.resolve("junit/TEST-junit-jupiter.xml");
        if (!Files.exists(file)) {
            return;
        }
        Matcher counts = COUNT.matcher(Files.readString(file)
                .lines()
                .filter(line -> line.startsWith("<testsuite "))
                .findFirst()
                .orElse(""));
        while (counts.find()) {
            report.withObject("/conformance").put(counts.group(1), Integer.parseInt(counts.group(2)));
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
        report.path("conformance")
                .properties()
                .forEach(count -> System.out.printf("conformance %s %s%n", count.getKey(), count.getValue()));
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
