package lstmgpu.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What {@link GpuReport} collected, for people. */
record GpuTable(JsonNode report) {
    void print() {
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
        report.properties().forEach(part -> {
            if (part.getKey().startsWith("conformance-")) {
                System.out.printf("%s %s%n", part.getKey(), part.getValue());
            }
        });
        for (JsonNode way : report.path("exchange")) {
            System.out.printf(
                    Locale.ROOT,
                    "%-56s %10.2f ns%n",
                    text(way, "exchange"),
                    way.path("nanoseconds").asDouble());
        }
        for (JsonNode check : report.path("checks")) {
            String outcome = check.path("holds").asBoolean() ? "ok" : "FAILED";
            System.out.printf("%-6s  %s: %s%n", outcome, text(check, "name"), check.path("value"));
        }
        report.path("probe").forEach(System.out::println);
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
