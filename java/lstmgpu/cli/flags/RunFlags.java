package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.Stack;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.parallel.Wire;
import lstmgpu.runs.RunChoice;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The run as a whole. */
@FlagSection("Run")
public final class RunFlags {
    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder of the model.")
    public Path output;

    @Option(names = "--resume", description = "Go on exactly where the run in DIR stopped.")
    public boolean resume;

    @Option(
            names = "--init-from",
            paramLabel = "MODEL",
            description = "Start from this model: its weights and what lies beside them, such as a tokenizer.")
    public Path initFrom;

    @Option(names = "--overwrite", description = "Replace the model in DIR.")
    public boolean overwrite;

    @Option(
            names = "--rnn",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, cudnn, fused or sequence (bf16): the recurrent stack on a GPU. Default: auto.")
    public RnnImplementation rnn;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "fp32, tf32 (CUDA) or bf16 (CUDA, CPU) products. Default: fp32.")
    public Precision precision;

    @Option(
            names = "--allreduce",
            defaultValue = "fp32",
            paramLabel = "NAME",
            description = "fp32 or bf16: how gradients travel between processes of mpirun; alone it changes nothing."
                    + " Default: fp32.")
    public Wire allreduce;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all random numbers: the same seed, the same model. Default: 0.")
    public Long seed;

    @Option(names = "--dry-run", description = "Show what would run, its size and its steps, and stop.")
    public boolean dryRun;

    @Option(
            names = "--progress",
            defaultValue = "auto",
            paramLabel = "NAME",
            description =
                    "auto, bar, plain, json or none. Default: auto (a bar on a terminal, plain" + " lines elsewhere).")
    public ProgressView.Style progress;

    @Option(
            names = "--serve",
            paramLabel = "[=PORT]",
            arity = "0..1",
            parameterConsumer = PortConsumer.class,
            description =
                    "Show the run on a page of this machine, where it can be stopped and resumed; the program then"
                            + " goes on until Ctrl-C. 0 takes any free port. Default: 8080.")
    public Integer serve;

    /** Takes the next word only where it is a number, since an input may follow. */
    static final class PortConsumer implements IParameterConsumer {
        private static final int USUAL = 8080;

        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            boolean given = !words.isEmpty() && words.peek().matches("\\d{1,9}");
            option.setValue(given ? Integer.parseInt(words.pop()) : USUAL);
        }
    }

    public RunChoice choice() {
        return new RunChoice(output, resume, initFrom, overwrite, rnn, precision, seed);
    }
}
