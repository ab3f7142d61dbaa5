package lstmgpu.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import lstmgpu.bench.BenchRow;

/**
 * The lines of a benchmark's table. Speed-ups are against what was measured before, so the slow backends come first.
 */
final class BenchTable {
    static final String HEADER = String.format(
            Locale.ROOT,
            "%-24s %-9s %-5s %15s %26s %12s %9s %8s %8s %8s %10s%n",
            "what",
            "by",
            "",
            "L x H x B x T",
            "ms median (low, high)",
            "tokens/s",
            "GFLOP/s",
            "ceiling",
            "error",
            "x cpu",
            "x reference");

    private final Map<String, Double> tokensPerSecond = new HashMap<>();

    String line(BenchRow row) {
        tokensPerSecond.putIfAbsent(key(row.implementation(), row), row.tokensPerSecond());
        String time = String.format(
                Locale.ROOT,
                "%.3f (%.3f, %.3f)",
                row.milliseconds().median(),
                row.milliseconds().low(),
                row.milliseconds().high());
        return String.format(
                Locale.ROOT,
                "%-24s %-9s %-5s %15s %26s %12.0f %9s %8s %8.1e %8s %10s%n",
                row.what(),
                row.implementation(),
                row.precision(),
                "%dx%dx%dx%d".formatted(row.layers(), row.hidden(), row.batch(), row.steps()),
                time,
                row.tokensPerSecond(),
                row.tflops() > 0 ? String.format(Locale.ROOT, "%.0f", row.tflops() * 1e3) : "-",
                row.ceilingShare() == null ? "-" : String.format(Locale.ROOT, "%.0f%%", row.ceilingShare() * 100),
                row.error(),
                speedUp("cpu", row),
                speedUp("reference", row));
    }

    private String speedUp(String over, BenchRow row) {
        Double slower = tokensPerSecond.get(key(over, row));
        return slower == null ? "-" : String.format(Locale.ROOT, "%.2f", row.tokensPerSecond() / slower);
    }

    private static String key(String implementation, BenchRow row) {
        return implementation + " " + row.what() + " " + row.layers() + " " + row.hidden();
    }
}
