package lstmgpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.files.IoErrors;
import lstmgpu.models.Tasks;
import lstmgpu.runs.PreparedRun;
import lstmgpu.store.ModelDirectory;
import lstmgpu.tune.Attempt;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Makes runs of a search as the command line itself would, so that each can be had again by its command. */
final class TuneAttempts implements Attempt.Maker {
    /** They say what a run begins with. */
    private static final Set<String> OF_THE_BEGINNING = Set.of("--init-from", "--vectors", "--extend-vocab");

    private static final String CHECKPOINTS = "checkpoints";

    private final Console console;
    private final Tasks tasks;
    private final TuneSpace space;
    private final Set<String> said = new HashSet<>();
    private final Consumer<String> notice;
    private final Function<DeviceFlags, DeviceChoice> device;

    /**
     * @param notice hears once what a person should know of the data
     * @param device the one that this process takes where a run asks for one
     */
    TuneAttempts(
            Console console,
            Tasks tasks,
            TuneSpace space,
            Consumer<String> notice,
            Function<DeviceFlags, DeviceChoice> device) {
        this.device = device;
        this.console = console;
        this.tasks = tasks;
        this.space = space;
        this.notice = notice;
    }

    @Override
    public Attempt of(Map<String, String> settings, Path folder) {
        boolean resumes = hasCheckpoint(folder);
        TuneWords words = space.with(settings);
        if (resumes) {
            words = words.with(words.flags().stream()
                    .filter(flag -> !OF_THE_BEGINNING.contains(flag.option().longestName()))
                    .toList());
        }
        List<String> more = new ArrayList<>(List.of("-o", folder.toString()));
        if (resumes) {
            more.add("--resume");
        } else if (Files.exists(folder)) {
            more.add("--overwrite"); // A run that was ended before its first checkpoint.
        }
        TrainingCommand command = parsed(words.words(more));
        DeviceChoice own = device.apply(command.training().device);
        return new OfCommand(command, command.prepare(this::say), own, this::say);
    }

    private void say(String line) {
        if (said.add(line)) {
            notice.accept(line);
        }
    }

    private static boolean hasCheckpoint(Path folder) {
        Path checkpoints = folder.resolve(CHECKPOINTS);
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.anyMatch(ModelDirectory::isCheckpoint);
        } catch (IOException failure) {
            throw IoErrors.unreadable(checkpoints, failure);
        }
    }

    private TrainingCommand parsed(List<String> words) {
        String[] all = words.toArray(String[]::new);
        CommandLine root = Program.build(console, tasks, all);
        CommandLine line = Program.command(root, all);
        try {
            Defaults defaults = Defaults.of(console.environment(), true, all);
            defaults.check(line.getCommandSpec());
            root.setDefaultValueProvider(defaults);
            root.parseArgs(all);
        } catch (ParameterException failure) {
            throw failure.getCause() instanceof LstmGpuException known
                    ? known
                    : LstmGpuException.usage("%s", Failures.sentence(failure));
        }
        return line.getCommand();
    }

    /** A run as its command has prepared it. */
    private record OfCommand(TrainingCommand command, PreparedRun run, DeviceChoice device, Consumer<String> notice)
            implements Attempt {
        @Override
        public Backend open() {
            return command.training().run.choice().fitting(device.open(notice));
        }

        @Override
        public ModelDirectory directory() {
            return command.training().run.choice().directory(run.config(), run.task());
        }

        @Override
        public void completed(Backend backend) {
            command.completed(run, backend);
        }

        @Override
        public void close() {
            run.close();
        }
    }
}
