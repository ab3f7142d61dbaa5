package lstmgpu.cli.flags;

import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Choices;
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

    @Option(names = "--precision", paramLabel = "NAME", description = "fp32, tf32 or bf16 products. Default: fp32.")
    public Precision precision;

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

    /** Refuses flags that contradict each other. */
    public void check(String device) {
        if (resume && overwrite) {
            throw LstmGpuException.usage("--resume goes on with the model and --overwrite replaces it; choose one");
        }
        if (resume && initFrom != null) {
            throw LstmGpuException.usage(
                    "--resume takes its weights from the checkpoint, so --init-from must be left" + " out");
        }
        String kind = device.split(":", 2)[0];
        if (kind.equals("auto")) {
            return;
        }
        rnn.requireOn(kind);
        if (asksForOtherPrecision() && !kind.equals("cuda")) {
            throw LstmGpuException.usage(
                    "--precision %s is for CUDA only and the device %s computes in fp32; use --precision fp32",
                    Choices.name(precision), device);
        }
    }

    private boolean asksForOtherPrecision() {
        return precision != null && precision != Precision.FP32;
    }

    /**
     * The backend, if it can do what the flags ask for; otherwise it is closed.
     *
     * @throws LstmGpuException with exit code 4 if {@code --device auto} found no device that does
     */
    public Backend fitting(Backend backend) {
        String device = backend.device().backend();
        boolean isPrecise = device.equals("cuda") || !asksForOtherPrecision();
        if (isPrecise && rnn.isOn(device)) {
            return backend;
        }
        backend.close();
        String flag = isPrecise
                ? "--rnn %s needs %s".formatted(Choices.name(rnn), rnn.owners().replace(" and ", " or "))
                : "--precision %s needs CUDA".formatted(Choices.name(precision));
        throw new LstmGpuException(
                ExitCode.DEVICE,
                "%s and --device auto found only %s; see lstm-gpu doctor, or leave the flag out"
                        .formatted(flag, device));
    }
}
