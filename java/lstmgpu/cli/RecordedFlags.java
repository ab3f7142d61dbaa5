package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import lstmgpu.model.ModelDirectory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags of a training run as run.json keeps them: every value that was in force, wherever it
 * came from, so that {@code --resume} needs none of them again.
 */
final class RecordedFlags {
    /** These belong to one start of the program, not to the run. */
    private static final Set<String> OF_ONE_START = Set.of(
            "--output",
            "--resume",
            "--overwrite",
            "--init-from",
            "--extend-vocab",
            "--dry-run",
            "--progress",
            "--device",
            "--threads",
            "--config",
            "--verbose",
            "--help");

    private static final Set<String> LENGTH = Set.of("--epochs", "--max-steps");

    private RecordedFlags() {}

    /** The inputs, then {@code --flag=value} for everything else. */
    static List<String> of(CommandSpec command, List<Path> inputs) {
        List<String> arguments = new ArrayList<>();
        inputs.forEach(input -> arguments.add(input.toString()));
        for (OptionSpec option : command.options()) {
            Object value = option.getValue();
            if (value != null && !Boolean.FALSE.equals(value) && !OF_ONE_START.contains(option.longestName())) {
                arguments.add(option.longestName() + "=" + text(value));
            }
        }
        return arguments;
    }

    private static String text(Object value) {
        return switch (value) {
            case Enum<?> choice -> Arguments.name(choice);
            case Arguments.Seconds time -> time.text();
            default -> value.toString();
        };
    }

    /**
     * The recorded flags of the run in a directory, by name. How long the run is to be is one thing, whether it is given in
     * steps or in epochs.
     *
     * @param given whether a flag has a value already, which comes before the recorded one
     */
    static Map<String, String> read(Path directory, Predicate<String> given) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String argument : arguments(directory)) {
            int end = argument.indexOf('=');
            if (argument.startsWith("--") && end > 0) {
                flags.put(argument.substring(0, end), argument.substring(end + 1));
            }
        }
        if (LENGTH.stream().anyMatch(given)) {
            flags.keySet().removeAll(LENGTH);
        }
        return flags;
    }

    /** The recorded inputs of the run in a directory. */
    static List<Path> inputs(Path directory) {
        return arguments(directory).stream()
                .filter(argument -> !argument.startsWith("--"))
                .map(Path::of)
                .toList();
    }

    private static List<String> arguments(Path directory) {
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : ModelDirectory.open(directory).run().path("arguments")) {
            arguments.add(argument.asText());
        }
        return arguments;
    }
}
