package lstmgpu.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.network.NetworkConfig;
import lstmgpu.runs.RunChoice;
import lstmgpu.serve.ModelLimits;
import lstmgpu.serve.Server;
import lstmgpu.serve.http.ApiKeys;
import lstmgpu.serve.http.HttpLimits;
import lstmgpu.serve.runs.OwnRun;
import lstmgpu.serve.runs.Runs;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;

/**
 * A training run with a page on which it is watched, stopped and resumed, all in one process. Only this machine reaches
 * the page.
 */
final class ServedTraining {
    private static final String HERE = "127.0.0.1";
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Console console;
    private final RunFlags flags;
    private final DeviceFlags device;
    private final BiConsumer<TrainingResult, TrainingSettings> report;
    private final OwnRun own = new OwnRun();
    private final ReentrantLock saying = new ReentrantLock();

    /** @param report tells how a run has ended */
    ServedTraining(
            Console console, RunFlags flags, DeviceFlags device, BiConsumer<TrainingResult, TrainingSettings> report) {
        this.console = console;
        this.flags = flags;
        this.device = device;
        this.report = report;
    }

    /** Trains, and then serves until Ctrl-C. */
    ExitCode of(NetworkConfig config, Task task, TrainingSettings settings) {
        Runs runs = new Runs(null);
        String name = flags.output.toAbsolutePath().normalize().getFileName().toString();
        runs.add(name, flags.output, own);
        try (Backend backend = flags.choice().fitting(device.open(console::say));
                Interrupts interrupts = new Interrupts(console, TrainingRun.STOPPING, own::end);
                Server server = new Server(
                        List.of(), served(flags.serve), device.choice(), RnnImplementation.AUTO, this::say, runs)) {
            say("the run can be watched and steered at " + server.address());
            boolean stopped = trainUntilEnd(backend, config, task, settings);
            return stopped ? interrupts.exitCode() : ExitCode.DONE;
        }
    }

    /** Whether it was stopped before its end. */
    private boolean trainUntilEnd(Backend backend, NetworkConfig config, Task task, TrainingSettings settings) {
        RunChoice choice = flags.choice();
        TrainingSettings next = settings;
        while (true) {
            TrainingResult result = train(backend, choice, config, task, next);
            boolean stopped = result.reason() == TrainingResult.Reason.STOP_REQUESTED;
            report.accept(result, next);
            own.ended(stopped);
            if (own.isEnding()) {
                return stopped;
            }
            say(stopped ? "the page resumes it; Ctrl-C ends the program" : "the page stays until Ctrl-C");
            if (!goesOn()) {
                return stopped;
            }
            choice = choice.resumed();
            next = next.resumed();
        }
    }

    private TrainingResult train(
            Backend backend, RunChoice choice, NetworkConfig config, Task task, TrainingSettings settings) {
        try (ProgressView view = ProgressView.of(flags.progress, console, backend.device(), task.measures());
                Trainer trainer = new Trainer(backend, config, task, settings, new SharedListener(view, own));
                ModelDirectory directory = choice.directory(config, task)) {
            own.begins(trainer::requestStop);
            TrainingRun.advise(flags, backend, view);
            return trainer.run(directory);
        }
    }

    private boolean goesOn() {
        try {
            return own.awaitResume();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Requests tell of themselves from other threads. */
    private void say(String line) {
        saying.lock();
        try {
            console.say(line);
        } finally {
            saying.unlock();
        }
    }

    private static Server.Settings served(int port) {
        LstmGpuException.requireRange("--serve", port, 0, ServeCommand.MOST_PORT);
        return new Server.Settings(
                HERE, port, ApiKeys.NONE, true, List.of(), ModelLimits.DEFAULT, HttpLimits.DEFAULT, GRACE, false, null);
    }
}
