package lstmgpu.cli;

import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Precision;
import picocli.CommandLine.Option;

/** The run as a whole. */
@FlagSection("Run")
final class RunFlags {
    /** Which implementation of the recurrent stack; more than one exists only on CUDA. */
    enum RnnChoice {
        AUTO,
        CUDNN,
        FUSED
    }

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder of the model.")
    Path output;

    @Option(names = "--resume", description = "Go on exactly where the run in DIR stopped.")
    boolean resume;

    @Option(
            names = "--init-from",
            paramLabel = "MODEL",
            description = "Start from the weights and the tokenizer of this model.")
    Path initFrom;

    @Option(names = "--overwrite", description = "Replace the model in DIR.")
    boolean overwrite;

    @Option(
            names = "--rnn",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, cudnn or fused: the recurrent stack on CUDA. Default: auto.")
    RnnChoice rnn;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "fp32, tf32, bf16 or fp16 products. Default: fp32.")
    Precision precision;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all random numbers: the same seed, the same model. Default: 0.")
    Long seed;

    @Option(names = "--dry-run", description = "Show what would run, its size and its steps, and stop.")
    boolean dryRun;

    @Option(
            names = "--progress",
            defaultValue = "auto",
            paramLabel = "NAME",
            description =
                    "auto, bar, plain, json or none. Default: auto (a bar on a terminal, plain" + " lines elsewhere).")
    ProgressView.Style progress;

    /** Refuses flags that contradict each other. */
    void check(String device) {
        if (resume && overwrite) {
            throw LstmGpuException.usage("--resume goes on with the model and --overwrite replaces it; choose one");
        }
        if (resume && initFrom != null) {
            throw LstmGpuException.usage(
                    "--resume takes its weights from the checkpoint, so --init-from must be left" + " out");
        }
        if (rnn != RnnChoice.AUTO && !device.startsWith("cuda")) {
            throw LstmGpuException.usage(
                    "--rnn %s is for CUDA only and the device is %s; leave it out", Arguments.name(rnn), device);
        }
        if (precision != null && precision != Precision.FP32 && !device.startsWith("cuda")) {
            throw LstmGpuException.usage(
                    "--precision %s is for CUDA only and the device %s computes in fp32; leave it out",
                    Arguments.name(precision), device);
        }
    }
}
