package lstmgpu.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.bench.BenchChart;
import lstmgpu.bench.BenchRow;
import lstmgpu.bench.BenchRun;
import lstmgpu.bench.BenchShape;
import lstmgpu.bench.BenchTask;
import lstmgpu.bench.BenchVariant;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.devices.Backends;
import lstmgpu.files.AtomicFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times training steps, generation and operations. */
@Command(
        name = "bench",
        description = "Times whole training steps (batch, forward, loss, backward, clip, Adam), the recurrent stack"
            + " alone, one-stream generation and each operation, on every backend there is here, with the error of one"
            + " step against the float64 reference, the share of what the machine can do at most (the arithmetic and"
            + " the bytes that are needed at least, at the highest rates that were measured; - where that would be"
            + " more than all), and the speed-up over the CPU and the reference. The reference itself is measured on"
            + " small batches.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu bench --shapes 2x256x64x64 --seconds 10",
            "  lstm-gpu bench --device cuda --precision fp32,bf16 --only train-step --chart speed.svg",
            "  mpirun -n 2 lstm-gpu bench                             the all-reduce, and what N processes gain"
        })
final class BenchCommand extends ProgramCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The slow ones first, since the others are compared with them. */
    private static final List<String> ALL = List.of("reference", "cpu", "opencl", "cuda");

    private static final int FEW_SEQUENCES = 8;
    private static final int FEW_STEPS = 16;

    @Option(
            names = "--shapes",
            defaultValue = "2x128x50x50,2x256x64x64,2x512x64x128",
            paramLabel = "LxHxBxT,...",
            description = "Layers x hidden size x batch size x sequence length. Default:" + " ${DEFAULT-VALUE}.")
    String shapes;

    @Option(names = "--cell", defaultValue = Cell.DEFAULT_WORD, paramLabel = "CELL", description = Cell.HELP)
    Cell cell;

    @Option(names = "--vocab-size", defaultValue = "96", paramLabel = "V", description = "Default: ${DEFAULT-VALUE}.")
    int vocabularySize;

    @Option(
            names = "--embedding-size",
            defaultValue = "128",
            paramLabel = "E",
            description = "Default: ${DEFAULT-VALUE}.")
    int embeddingSize;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "WHAT,...",
            description = "Which of ${COMPLETION-CANDIDATES}. Default: all.")
    Set<BenchTask> only = EnumSet.allOf(BenchTask.class);

    @Option(
            names = "--rnn",
            split = ",",
            paramLabel = "NAME,...",
            description = "auto, cudnn, fused, sequence: the recurrent stack on CUDA. Default: all but auto.")
    List<RnnImplementation> implementations;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "fp32",
            paramLabel = "NAME,...",
            description = "fp32, tf32 (CUDA), bf16 (CUDA, CPU): factors of products. Default: ${DEFAULT-VALUE}.")
    List<Precision> precisions;

    @Option(
            names = "--seconds",
            defaultValue = "3",
            paramLabel = "S",
            description = "How long to measure each row, after the warm-up; an operation a fifth of that."
                    + " Default: ${DEFAULT-VALUE}.")
    double seconds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the figures as JSON, one object a line; - for standard output"
                    + " instead of the table.")
    String json;

    @Option(names = "--chart", paramLabel = "FILE", description = "Also draw training and generation as an SVG chart.")
    String chart;

    @Mixin
    DeviceFlags device;

    private final BenchTable table = new BenchTable();
    private final List<BenchRow> rows = new ArrayList<>();
    private final StringBuilder lines = new StringBuilder();

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        requireRange("--vocab-size", vocabularySize);
        requireRange("--embedding-size", embeddingSize);
        if (!(seconds > 0 && seconds <= 3600)) {
            throw LstmGpuException.usage("--seconds must lie in (0, 3600], not %s", seconds);
        }
        List<BenchShape> list = BenchShape.parse(shapes, cell, vocabularySize, embeddingSize);
        if (processes.size() > 1) {
            together(list);
            return ExitCode.DONE.code();
        }
        if (!printsJson()) {
            console.print(BenchTable.HEADER);
        }
        try (Backend reference = Backends.open("reference", 0)) {
            for (String name : device.device.equals("auto") ? ALL : List.of(device.device)) {
                measure(name, list, reference);
            }
        }
        if (chart != null) {
            BenchChart.write(Path.of(chart), rows);
        }
        return ExitCode.DONE.code();
    }

    /** Several processes have their own table. */
    private void together(List<BenchShape> list) {
        if (chart != null || !only.equals(EnumSet.allOf(BenchTask.class)) || precisions.size() > 1) {
            throw LstmGpuException.usage(
                    "%d processes time the all-reduce and training steps in one precision; leave out --only and"
                            + " --chart, and give one --precision",
                    processes.size());
        }
        shared().alike();
        RnnImplementation rnn = implementations == null ? RnnImplementation.AUTO : implementations.getFirst();
        new BenchTogether(console, processes, json)
                .run(device.choice(), new BenchVariant(precisions.getFirst(), rnn), list, seconds);
    }

    private boolean printsJson() {
        return "-".equals(json);
    }

    /** A backend that was not asked for by name and is not there is said and left out. */
    private void measure(String name, List<BenchShape> list, Backend reference) {
        try (Backend backend = device.open(name, console::say)) {
            append(header(backend));
            boolean slow = backend.device().backend().equals("reference");
            List<BenchShape> fitting = slow
                    ? list.stream()
                            .map(shape -> shape.atMost(FEW_SEQUENCES, FEW_STEPS))
                            .toList()
                    : list;
            Set<BenchTask> tasks = EnumSet.copyOf(only);
            Precision before = null;
            for (BenchVariant variant : variants(backend)) {
                tasks.addAll(only);
                if (variant.precision() == before) {
                    tasks.remove(BenchTask.OPERATIONS); // They do not depend on the recurrent stack's implementation.
                }
                if (implementations == null && onlyWrites(variant)) {
                    tasks.retainAll(Set.of(BenchTask.GENERATE));
                }
                before = variant.precision();
                if (!tasks.isEmpty()) {
                    measure(backend, variant, fitting, tasks, reference);
                }
            }
        } catch (LstmGpuException absent) {
            if (!device.device.equals("auto") || absent.exitCode() != ExitCode.DEVICE) {
                throw absent;
            }
            console.say(absent.getMessage());
        }
    }

    private void take(BenchRow row) {
        append(row);
        rows.add(row);
        if (!printsJson()) {
            console.print(table.line(row));
        }
    }

    /** Whole sequences are computed in bfloat16 only; tokens are drawn with float32 weights too. */
    private static boolean onlyWrites(BenchVariant variant) {
        return variant.rnn() == RnnImplementation.SEQUENCE && variant.precision() != Precision.BF16;
    }

    private List<BenchVariant> variants(Backend backend) {
        boolean cuda = backend.device().backend().equals("cuda");
        List<BenchVariant> variants = new ArrayList<>();
        for (Precision precision : precisions) {
            if (device.device.equals("auto") && !precision.isOn(backend.device().backend())) {
                continue;
            }
            backend.require(precision);
            List<RnnImplementation> names = implementations == null ? all(cuda) : implementations;
            names.forEach(name -> variants.add(new BenchVariant(precision, name)));
        }
        return variants;
    }

    private static List<RnnImplementation> all(boolean cuda) {
        return cuda
                ? List.of(RnnImplementation.CUDNN, RnnImplementation.FUSED, RnnImplementation.SEQUENCE)
                : List.of(RnnImplementation.AUTO);
    }

    /** What was not asked for by name and is not available is said and left out. */
    private void measure(
            Backend backend, BenchVariant variant, List<BenchShape> list, Set<BenchTask> tasks, Backend reference) {
        boolean slow = backend.device().backend().equals("reference");
        try {
            BenchRun run = new BenchRun(backend, variant, slow ? Math.min(1, seconds) : seconds);
            console.say("ceiling of %s: %s".formatted(backend.device().backend(), run.ceiling()));
            run.run(list, tasks, reference, this::take);
        } catch (LstmGpuException failure) {
            if (implementations != null || failure.exitCode() != ExitCode.DEVICE) {
                throw failure;
            }
            console.say(failure.getMessage());
        }
    }

    private static void requireRange(String flag, int value) {
        LstmGpuException.requireRange(flag, value, 1, 1 << 24);
    }

    private void append(Object value) {
        try {
            String line = JSON.writeValueAsString(value) + "\n";
            lines.append(line);
            if (printsJson()) {
                console.print(line);
            } else if (json != null) {
                // The whole file every time, so that a benchmark that is ended early leaves what it has measured.
                AtomicFiles.writeText(Path.of(json), lines.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object header(Backend backend) {
        String version = BenchCommand.class.getPackage().getImplementationVersion();
        return JSON.createObjectNode()
                .put("commit", version == null ? "development" : version)
                .put("device", backend.device().name())
                .put("driver", backend.device().driver())
                .put("libraries", backend.device().detail())
                .put("date", LocalDate.now(ZoneOffset.UTC).toString());
    }
}
