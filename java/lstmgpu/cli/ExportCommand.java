package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Sizes;
import lstmgpu.onnx.OnnxExport;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a model for other programs. */
@Command(
        name = "export",
        customSynopsis = "lstm-gpu export MODEL --onnx FILE [FLAGS]",
        description = "Writes a model as an ONNX file, which many programs and languages run: with its states as inputs"
                + " and outputs, for any number of sequences of any length, and its tokenizer beside it. ONNX Runtime"
                + " then has to compute with it what lstm-gpu computes; otherwise nothing is written.",
        footer = {
            "",
            "Example:",
            "  lstm-gpu export runs/book --onnx book.onnx    writes book.onnx and book.tokenizer.json",
            "",
            "docs/onnx.md says what goes in and comes out, with examples in Python and Java."
        })
final class ExportCommand extends ProgramCommand {
    @Parameters(paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Option(names = "--onnx", paramLabel = "FILE", required = true, description = "Where to; the name ends in .onnx.")
    Path onnx;

    ExportCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (!onnx.toString().endsWith(OnnxExport.ENDING)) {
            throw LstmGpuException.usage("--onnx must end in %s, not %s", OnnxExport.ENDING, onnx.getFileName());
        }
        if (onnx.getFileName().toString().equals(OnnxExport.ENDING)) {
            throw LstmGpuException.usage("--onnx %s is an ending without a name; give one, such as book.onnx", onnx);
        }
        OutputFiles.check("--onnx", onnx);
        OnnxExport.Result result = new OnnxExport(ModelDirectory.open(path)).write(onnx);
        List<Path> files = result.files();
        String beside = files.size() == 1
                ? ""
                : files.stream()
                        .skip(1)
                        .map(file -> file.getFileName().toString())
                        .collect(Collectors.joining(" and ", ", beside it ", ""));
        console.print("wrote %s (%s)%s\n".formatted(files.getFirst(), Sizes.bytes(result.bytes()), beside));
        console.print("ONNX Runtime %s computes the same as this program's %s: it differs by at most %.1e\n"
                .formatted(result.runtime(), result.judge(), result.worst()));
        return ExitCode.DONE.code();
    }
}
