package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cpu.Bfloat16Unit;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.BatchPlan;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.network.Measures;
import lstmgpu.network.NetworkConfig;
import lstmgpu.parallel.Exchange;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.mpi.Processes;
import lstmgpu.runs.PreparedRun;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;

/** The run of a command that trains, whatever is to be learnt: rehearsed or done, from the flags to the last line. */
final class TrainingRun {
    static final String STOPPING = "stopping after a checkpoint; Ctrl-C again stops at once";

    private final Console console;
    private final RunFlags run;
    private final DeviceFlags device;
    private final List<Path> inputs;
    private final RunWords words;
    private final Processes processes;

    TrainingRun(Console console, TrainingFlags flags, List<Path> inputs, RunWords words, Processes processes) {
        this.console = console;
        this.run = flags.run;
        this.device = flags.device;
        this.inputs = inputs;
        this.words = words;
        this.processes = processes;
    }

    /**
     * The inputs that a command was given, or those of the run that it resumes. Called before they are read: what
     * contradicts each other in the flags is refused, and an output that has a model.
     *
     * @throws LstmGpuException with exit code 2 for such flags, 3 if an input of a run is not where it was
     */
    static List<Path> inputs(List<Path> given, TrainingFlags flags, RunWords words) {
        flags.run.choice().check(flags.device.device);
        List<Path> inputs = given.isEmpty() && flags.run.resume ? RecordedFlags.inputs(flags.run.output, words) : given;
        if (inputs.isEmpty()) {
            throw LstmGpuException.usage("INPUT is missing; name at least one file with %s", words.data());
        }
        flags.run.choice().checkOutput();
        return inputs;
    }

    /** Trains, or with {@code --dry-run} says what it would do. */
    ExitCode of(PreparedRun prepared) {
        return run.dryRun
                ? rehearse(prepared.config(), prepared.task(), prepared.settings(), prepared.split())
                : train(prepared.config(), prepared.task(), prepared.settings());
    }

    private ExitCode rehearse(NetworkConfig config, Task task, TrainingSettings settings, String split) {
        ModelDirectory resumed = run.resume ? ModelDirectory.open(run.output) : null;
        BatchPlan batches = Trainer.rehearse(config, task, settings, resumed);
        String memory = memory(config, task, settings);
        String counted = task.measures().counted();
        console.print(new DryRun(words, config, settings, split, counted, batches, memory)
                .text(task.source().name(), run.output, device.device));
        return ExitCode.DONE;
    }

    /** A rehearsal may take place elsewhere than the run, so a device that is not here is no failure. */
    private String memory(NetworkConfig config, Task task, TrainingSettings settings) {
        Peers peers = processes.dividing();
        try (Backend backend = run.choice().fitting(shared(device.choice()).open(console::say))) {
            double bytes = Trainer.requireMemory(backend, config, task, settings, peers);
            String free = "%s that are free on %s"
                    .formatted(
                            Sizes.bytes(backend.freeBytes()), backend.device().name());
            if (peers.size() == 1) {
                return "%s of %s".formatted(Sizes.bytes((long) bytes), free);
            }
            List<double[]> all = Exchange.doubles(peers, bytes);
            return "%s of %s for each of %d processes, which compute %s to %s of a batch"
                    .formatted(
                            Sizes.bytes((long) all.stream()
                                    .mapToDouble(own -> own[0])
                                    .filter(Double::isFinite)
                                    .max()
                                    .orElse(bytes)),
                            free,
                            peers.size(),
                            settings.loop().batchSize() / peers.size(),
                            Count.of(Math.ceilDiv(settings.loop().batchSize(), peers.size()), "sequence"));
        } catch (LstmGpuException absent) {
            if (absent.exitCode() != ExitCode.DEVICE) {
                throw absent;
            }
            Exchange.doubles(peers, Double.NaN); // The others wait for a number.
            return "not known: " + absent.getMessage();
        }
    }

    private ExitCode train(NetworkConfig config, Task task, TrainingSettings settings) {
        if (run.serve != null) {
            if (processes.size() > 1) {
                throw LstmGpuException.usage(
                        "--serve shows a run of one process, and these are %d; leave it out", processes.size());
            }
            return new ServedTraining(
                            console, run, device, (result, used) -> report(result, task.measures(), used, config))
                    .of(config, task, settings);
        }
        try (Backend backend = run.choice().fitting(shared(device.choice()).open(console::say))) {
            return train(backend, processes.on(backend, run.allreduce, console::say), config, task, settings);
        }
    }

    /** The GPU or the cores of this process. */
    private DeviceChoice shared(DeviceChoice choice) {
        return choice.shared(processes.hostRank(), processes.cores());
    }

    private ExitCode train(Backend backend, Peers peers, NetworkConfig config, Task task, TrainingSettings settings) {
        ProgressView.Style style = peers.rank() == 0 ? run.progress : ProgressView.Style.NONE;
        try (ProgressView view = ProgressView.of(style, console, backend.device(), task.measures());
                Trainer trainer = new Trainer(backend, config, task, settings, view, peers);
                ModelDirectory directory = run.choice().directory(config, task, peers);
                Interrupts interrupts = new Interrupts(console, STOPPING, trainer::requestStop)) {
            advise(run, backend, view);
            TrainingResult result = trainer.run(directory);
            report(result, task.measures(), settings, config);
            return result.reason() == TrainingResult.Reason.STOP_REQUESTED ? interrupts.exitCode() : ExitCode.DONE;
        }
    }

    /**
     * What would be faster on this processor. It is not taken by itself, since a model would then have other bits on
     * another one.
     */
    static void advise(RunFlags run, Backend backend, ProgressView view) {
        boolean isSaid = run.precision != null
                || run.resume
                || !backend.device().backend().equals("cpu");
        if (!isSaid && Bfloat16Unit.fastest() == Bfloat16Unit.TILES) {
            view.notice("with --precision bf16 a step takes about half as long on this processor, which has AMX;"
                    + " --precision fp32 leaves it as it is, and this line out");
        }
    }

    private void report(TrainingResult result, Measures measures, TrainingSettings settings, NetworkConfig config) {
        console.print("%s: %s; %s in %s\n"
                .formatted(
                        run.output,
                        loss(result, measures),
                        Count.of(result.steps(), "step"),
                        Durations.text(result.seconds())));
        console.flush();
        if (run.progress != ProgressView.Style.NONE) {
            new NextSteps(words, run.output, inputs, settings, config)
                    .of(result)
                    .forEach(console::say);
        }
    }

    private String loss(TrainingResult result, Measures measures) {
        if (!Double.isNaN(result.bestLoss())) {
            String beside = measures.first(measures.ofLoss(result.bestLoss()));
            return "%s on the held-out %s%s at step %,d"
                    .formatted(
                            measures.loss().text(result.bestLoss()),
                            words.data(),
                            beside.isEmpty() ? "" : " (" + beside + ")",
                            result.bestStep());
        }
        return Double.isNaN(result.trainingLoss())
                ? "the weights a run starts from"
                : "training loss " + measures.loss().number(result.trainingLoss());
    }
}
