package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;

/** What {@code eval} measured, as a table or as JSON: the plain figures, and those of other ways of reading beside. */
record EvaluationReport(EvaluationResult plain, Measures measures, List<FollowedText.Reading> others) {
    private static final String GAP = "  ";

    String json() {
        ObjectNode object = JsonLines.object();
        put(object, plain);
        for (FollowedText.Reading other : others) {
            ObjectNode own = JsonLines.object();
            put(own, other.result());
            own.setAll(other.settings());
            object.set(other.name(), own);
        }
        return JsonLines.line(object) + "\n";
    }

    private void put(ObjectNode object, EvaluationResult result) {
        object.put("loss", result.loss());
        measures.of(result).forEach((metric, value) -> object.put(metric.key(), value));
        String counted = measures.plural().replace(' ', '_');
        object.put(counted, result.count()).put(counted + "_per_second", result.rate());
    }

    String table() {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        List<EvaluationResult> results = new ArrayList<>(List.of(plain));
        others.forEach(other -> results.add(other.result()));
        if (!others.isEmpty()) {
            List<String> names = new ArrayList<>(List.of("plain"));
            others.forEach(other -> names.add(other.name()));
            lines.put("", names);
        }
        lines.put(measures.loss().name(), shown(results, measures.loss()));
        measures.of(plain).keySet().forEach(metric -> lines.put(metric.name(), shown(results, metric)));
        lines.put(measures.plural(), shownAs(results, result -> "%,d".formatted(result.count())));
        lines.put(measures.plural() + "/s", shownAs(results, result -> Sizes.count(result.rate())));
        return text(lines) + others.stream().map(EvaluationReport::settings).collect(Collectors.joining());
    }

    private static List<String> shown(List<EvaluationResult> results, Metric metric) {
        return shownAs(results, result -> result.tells(metric) ? metric.text(result.value(metric)) : "-");
    }

    private static List<String> shownAs(List<EvaluationResult> results, Function<EvaluationResult, String> text) {
        return results.stream().map(text).toList();
    }

    /** In columns; the last one ends where its text ends. */
    private static String text(Map<String, List<String>> lines) {
        int names = lines.keySet().stream().mapToInt(String::length).max().orElseThrow();
        int columns = lines.values().iterator().next().size();
        int[] widths = new int[columns];
        lines.values().forEach(line -> {
            for (int i = 0; i + 1 < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        StringBuilder table = new StringBuilder();
        lines.forEach((name, line) -> {
            table.append(padded(name, names));
            for (int i = 0; i < columns; i++) {
                table.append(GAP).append(padded(line.get(i), widths[i]));
            }
            table.append('\n');
        });
        return table.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** Numbers to four digits. */
    private static String shown(JsonNode value) {
        return value.isFloatingPointNumber()
                ? value.decimalValue()
                        .round(new MathContext(4))
                        .stripTrailingZeros()
                        .toPlainString()
                : value.asText();
    }

    private static String settings(FollowedText.Reading other) {
        return other.name()
                + ": "
                + other.settings().properties().stream()
                        .map(field -> field.getKey() + " " + shown(field.getValue()))
                        .collect(Collectors.joining(", "))
                + "\n";
    }
}
