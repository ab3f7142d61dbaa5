package lstmgpu.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.cli.report.Console;
import lstmgpu.models.Tasks;
import lstmgpu.parallel.mpi.Processes;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/**
 * All commands: finds the one that is asked for, lets it read its flags, runs it and turns its end
 * into an exit code.
 */
final class Program {
    static final String NAME = "lstm-gpu";

    private static final Map<String, Function<Console, ProgramCommand>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("train", TrainCommand::new);
        COMMANDS.put(TuneCommand.NAME, TuneCommand::new);
        COMMANDS.put("generate", GenerateCommand::new);
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("eval", EvalCommand::new);
        COMMANDS.put("score", ScoreCommand::new);
        COMMANDS.put("inspect", InspectCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("classify", ClassifyCommand::new);
        COMMANDS.put("memory", MemoryCommand::new);
        COMMANDS.put("forecast", ForecastCommand::new);
        COMMANDS.put("export", ExportCommand::new);
        COMMANDS.put("import", ImportCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
        COMMANDS.put("devices", DevicesCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    private Program() {}

    /** The program without a command. */
    @Command(
            name = NAME,
            description = "Trains and samples recurrent networks (" + Cell.WORDS + ").",
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Start with:",
                "  lstm-gpu demo                            one minute: trains a small model, then" + " writes",
                "  lstm-gpu train book.txt -o model         trains on your own text",
                "  lstm-gpu generate model -p \"Once upon\"   continues a text",
                "",
                "lstm-gpu COMMAND --help, or help COMMAND, explains a command."
            })
    private static final class Root {
        @SuppressWarnings("unused")
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        @SuppressWarnings("unused")
        @Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Show the version.")
        boolean version;
    }

    /**
     * @return the exit code
     */
    static int run(Console console, String... arguments) {
        return run(console, Tasks.ALL, arguments);
    }

    /** With models of other tasks. */
    static int run(Console console, Tasks tasks, String... arguments) {
        return run(console, tasks, Processes.ALONE, arguments);
    }

    /** As one of several processes. */
    static int run(Console console, Tasks tasks, Processes processes, String... arguments) {
        try {
            int code = execute(console, tasks, processes, arguments);
            if (code == ExitCode.DONE.code()) {
                console.flush();
            }
            return code;
        } catch (Console.ClosedPipe | LstmGpuException lost) {
            return new Failures(console, Arrays.asList(arguments).contains("--verbose")).report(lost);
        } finally {
            console.out().end();
            console.err().end();
        }
    }

    /** {@code help} and {@code help COMMAND} for {@code --help} and {@code COMMAND --help}. */
    private static String[] asFlags(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        if (arguments.length == 1) {
            return new String[] {"--help"};
        }
        String[] command = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
        command[command.length - 1] = "--help";
        return COMMANDS.containsKey(command[0]) ? command : new String[] {command[0]};
    }

    private static int execute(Console console, Tasks tasks, Processes processes, String... given) {
        String[] arguments = asFlags(given);
        CommandLine root = build(console, tasks, arguments);
        withParts(root).map(CommandLine::getCommand).forEach(made -> {
            if (made instanceof ProgramCommand command) {
                command.processes = processes;
            }
        });
        String[] words = Arguments.normalise(root, arguments);
        Failures failures = new Failures(console, Arrays.asList(words).contains("--verbose"));
        if (arguments.length == 0) {
            console.err().print(root.getUsageMessage(Ansi.OFF));
            return ExitCode.USAGE.code();
        }
        try {
            String[] normalised = words[0].equals(TuneCommand.NAME)
                    ? TuneCommand.arranged(console, command(root, words), words)
                    : words;
            Defaults defaults = Defaults.of(console.environment(), trains(root, normalised), normalised);
            if (COMMANDS.containsKey(normalised[0])) {
                defaults.check(command(root, normalised).getCommandSpec());
            }
            root.setDefaultValueProvider(defaults);
            root.setParameterExceptionHandler(failures);
            root.setExecutionExceptionHandler(failures);
            return root.execute(normalised);
        } catch (RuntimeException | Error failure) {
            return failures.report(failure);
        }
    }

    private static boolean trains(CommandLine root, String... words) {
        return command(root, words).getCommand() instanceof TrainingCommand;
    }

    /** The one that is asked for, as far as its words tell. */
    static CommandLine command(CommandLine root, String... words) {
        CommandLine command = root;
        for (String word : words) {
            CommandLine part = command.getSubcommands().get(word);
            if (part == null) {
                return command;
            }
            command = part;
        }
        return command;
    }

    /** A command with those that it is the common name of. */
    static Stream<CommandLine> withParts(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(Program::withParts));
    }

    /** The program with all its commands, none of them run. */
    static CommandLine complete(Console console) {
        return build(console, Tasks.ALL);
    }

    private static void add(
            CommandLine to, String name, Function<Console, ProgramCommand> command, Console console, Tasks tasks) {
        ProgramCommand made = command.apply(console);
        made.tasks = tasks;
        CommandLine line = new CommandLine(made);
        made.parts().forEach((part, maker) -> add(line, part, maker, console, tasks));
        to.addSubcommand(name, line);
    }

    /**
     * Only the command asked for is built, since building one takes time; all of them where help or
     * a mistake needs them.
     */
    static CommandLine build(Console console, Tasks tasks, String... arguments) {
        CommandLine root = new CommandLine(new Root());
        boolean known = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
        List<String> wanted = known ? List.of(arguments[0]) : List.copyOf(COMMANDS.keySet());
        COMMANDS.forEach((name, command) -> {
            if (wanted.contains(name)) {
                add(root, name, command, console, tasks);
            }
        });
        String version = Program.class.getPackage().getImplementationVersion();
        root.getCommandSpec().version(NAME + " " + (version == null ? "development" : version));
        Arguments.configure(root, console);
        return root;
    }
}
