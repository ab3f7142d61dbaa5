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
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Backends;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.bench.BenchRow;
import lstmgpu.bench.BenchRun;
import lstmgpu.bench.BenchShape;
import lstmgpu.bench.BenchTask;
import lstmgpu.bench.BenchVariant;
import lstmgpu.data.AtomicFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times training steps and generation. */
@Command(
        name = "bench",
        description = "Times whole training steps (batch, forward, loss, backward, clip, Adam), the"
                + " recurrent stack alone and one-stream generation, and measures the error of"
                + " one step against the float64 reference.",
        footer = {"", "Example:", "  lstm-gpu bench --shapes 2x256x64x64 --seconds 10"})
final class BenchCommand extends ProgramCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--shapes",
            defaultValue = "2x128x50x50,2x256x64x64,2x512x64x128",
            paramLabel = "LxHxBxT,...",
            description = "Layers x hidden size x batch size x sequence length. Default:" + " ${DEFAULT-VALUE}.")
    String shapes;

    @Option(
            names = "--cell",
            defaultValue = "lstm",
            paramLabel = "CELL",
            description = "lstm, gru, rnn_tanh or rnn_relu.")
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
            description = "auto, cudnn, fused: the recurrent stack on CUDA. Default: cudnn,fused there.")
    List<RnnImplementation> implementations;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "fp32",
            paramLabel = "NAME,...",
            description = "fp32, tf32, bf16: the products on CUDA. Default: ${DEFAULT-VALUE}.")
    List<Precision> precisions;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            paramLabel = "S",
            description = "How long to measure each row, after the warm-up. Default: ${DEFAULT-VALUE}.")
    double seconds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the figures as JSON, one object a line; - for standard output"
                    + " instead of the table.")
    String json;

    @Mixin
    DeviceFlags device;

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
        boolean table = !"-".equals(json);
        StringBuilder lines = new StringBuilder();
        try (Backend backend = device.open(console::say);
                Backend reference = Backends.open("reference", 0)) {
            append(lines, header(backend), !table);
            if (table) {
                console.print("what            implementation            shape      ms median (low, high)     "
                        + " tokens/s  GFLOP/s   error\n");
            }
            for (BenchVariant variant : variants(backend)) {
                measure(backend, variant, list, reference, row -> {
                    append(lines, row, !table);
                    if (table) {
                        console.print(line(row));
                    }
                });
            }
        }
        if (json != null && table) {
            AtomicFiles.writeText(Path.of(json), lines.toString());
        }
        return ExitCode.DONE.code();
    }

    private List<BenchVariant> variants(Backend backend) {
        boolean cuda = backend.device().backend().equals("cuda");
        List<RnnImplementation> names = implementations;
        if (names == null) {
            names = cuda ? List.of(RnnImplementation.CUDNN, RnnImplementation.FUSED) : List.of(RnnImplementation.AUTO);
        }
        List<BenchVariant> variants = new ArrayList<>();
        for (Precision precision : precisions) {
            if (!cuda && precision != Precision.FP32) {
                throw LstmGpuException.usage(
                        "--precision %s is for CUDA only and the device %s computes in fp32; use --precision fp32",
                        Arguments.name(precision), backend.device().backend());
            }
            names.forEach(name -> variants.add(new BenchVariant(precision, name)));
        }
        return variants;
    }

    /** What was not asked for by name and is not available is said and left out. */
    private void measure(
            Backend backend,
            BenchVariant variant,
            List<BenchShape> shapes,
            Backend reference,
            Consumer<BenchRow> sink) {
        try {
            new BenchRun(backend, variant, seconds).run(shapes, only, reference, sink);
        } catch (LstmGpuException failure) {
            if (implementations != null || failure.exitCode() != ExitCode.DEVICE) {
                throw failure;
            }
            console.say(failure.getMessage());
        }
    }

    private static void requireRange(String flag, int value) {
        if (value < 1 || value > 1 << 24) {
            throw LstmGpuException.usage("%s must lie in [1, %d], not %d", flag, 1 << 24, value);
        }
    }

    private void append(StringBuilder lines, Object value, boolean print) {
        try {
            String line = JSON.writeValueAsString(value) + "\n";
            lines.append(line);
            if (print) {
                console.print(line);
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
                .put("driver", "Java " + Runtime.version())
                .put("libraries", backend.device().detail())
                .put("date", LocalDate.now(ZoneOffset.UTC).toString());
    }

    private static String line(BenchRow row) {
        String shape = "%dx%dx%dx%d".formatted(row.layers(), row.hidden(), row.batch(), row.steps());
        return String.format(
                Locale.ROOT,
                "%-15s %-9s %-5s %15s %10.2f (%.2f, %.2f) %14.0f %8.0f %8.1e%n",
                row.what(),
                row.implementation(),
                row.precision(),
                shape,
                row.milliseconds().median(),
                row.milliseconds().low(),
                row.milliseconds().high(),
                row.tokensPerSecond(),
                row.tflops() * 1e3,
                row.error());
    }
}
