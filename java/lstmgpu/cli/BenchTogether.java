package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import lstmgpu.backend.Backend;
import lstmgpu.bench.BenchShape;
import lstmgpu.bench.BenchVariant;
import lstmgpu.bench.SharedBench;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.files.AtomicFiles;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.mpi.Processes;

/** The benchmark of several processes: the all-reduce, and a training step beside one process by itself. */
final class BenchTogether {
    private static final List<Long> SIZES = List.of(1L << 16, 1L << 20, 1L << 24, 1L << 26);
    private static final double MEGA = 1e6;
    private static final String FORM = "%-12s %10s %8s %15s %9s %26s %12s %8s %11s%n";

    private final Console console;
    private final Processes processes;

    /** Of JSON; null for none, - for standard output in place of the table. */
    private final String json;

    private final StringBuilder lines = new StringBuilder();

    BenchTogether(Console console, Processes processes, String json) {
        this.console = console;
        this.processes = processes;
        this.json = json;
    }

    /** All processes call it; one prints. */
    void run(DeviceChoice device, BenchVariant variant, List<BenchShape> shapes, double seconds) {
        DeviceChoice own = device.shared(processes.hostRank(), processes.cores());
        try (Backend backend = own.open(console::say)) {
            boolean cpu = backend.device().backend().equals("cpu");
            int threads = cpu ? own.threads() : 0;
            Supplier<Backend> allCores =
                    cpu ? () -> new DeviceChoice("cpu", threads * processes.size()).open(_ -> {}) : null;
            Peers peers = processes.on(backend);
            console.say("%d processes on %s; efficiency: tokens a second against as many times those of one process on"
                            .formatted(peers.size(), backend.device().name())
                    + (cpu ? " the threads that each has" : " its GPU"));
            SharedBench bench = new SharedBench(backend, peers, variant, seconds);
            print(FORM.formatted(
                    "what",
                    "processes",
                    "threads",
                    "L x H x B x T",
                    "MB",
                    "ms median (low, high)",
                    "tokens/s",
                    "GB/s",
                    "efficiency"));
            SIZES.forEach(bytes -> bench.sum(bytes, this::take));
            shapes.forEach(shape -> bench.step(shape, threads, allCores, this::take));
        }
    }

    private void print(String line) {
        if (!"-".equals(json)) {
            console.print(line);
        }
    }

    private void take(SharedBench.Row row) {
        BenchShape shape = row.shape();
        print(String.format(
                Locale.ROOT,
                FORM,
                row.what(),
                row.processes(),
                orDash(row.threads(), "%.0f"),
                shape == null
                        ? "-"
                        : "%dx%dx%dx%d".formatted(shape.layers(), shape.hidden(), shape.batch(), shape.steps()),
                orDash(row.bytes() / MEGA, "%.2f"),
                "%.3f (%.3f, %.3f)"
                        .formatted(
                                row.timing().median(),
                                row.timing().low(),
                                row.timing().high()),
                orDash(row.tokensPerSecond(), "%.0f"),
                orDash(row.gigabytesPerSecond(), "%.3f"),
                orDash(100 * row.efficiency(), "%.0f %%")));
        if (json == null || processes.rank() != 0) {
            return;
        }
        String line = JsonLines.line(json(row)) + "\n";
        lines.append(line);
        if ("-".equals(json)) {
            console.print(line);
        } else {
            AtomicFiles.writeText(Path.of(json), lines.toString());
        }
    }

    private static ObjectNode json(SharedBench.Row row) {
        ObjectNode object = JsonLines.object()
                .put("what", row.what())
                .put("processes", row.processes())
                .put("threads", row.threads())
                .put("bytes", row.bytes())
                .put("milliseconds", row.timing().median())
                .put("tokens_per_second", row.tokensPerSecond())
                .put("gigabytes_per_second", row.gigabytesPerSecond())
                .put("efficiency", row.efficiency());
        if (row.shape() != null) {
            object.put("layers", row.shape().layers())
                    .put("hidden", row.shape().hidden())
                    .put("batch", row.shape().batch())
                    .put("steps", row.shape().steps());
        }
        return object;
    }

    private static String orDash(double value, String form) {
        return value == 0 ? "-" : String.format(Locale.ROOT, form, value);
    }
}
