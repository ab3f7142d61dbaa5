package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Seconds;
import lstmgpu.data.input.InputSearch;
import lstmgpu.runs.WayTo;
import lstmgpu.store.ModelDirectory;
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
            "--vectors",
            "--extend-vocab",
            "--dry-run",
            "--progress",
            "--serve",
            "--device",
            "--threads",
            "--config",
            "--verbose",
            "--help");

    private static final String TOKENIZER = "--tokenizer";
    /** Files that a run reads besides its inputs; recorded as those are. */
    private static final Set<String> FILES = Set.of("--val", "--test");

    private static final String END_OF_FLAGS = "--";
    private static final Set<String> LENGTH = Set.of("--epochs", "--max-steps");
    private static final String TIME = "--max-time";

    private RecordedFlags() {}

    /**
     * {@code --flag=value} for everything that was set, {@code --}, and the inputs by the way to them from the model's
     * folder, so that no folder of a person is named.
     */
    static List<String> of(CommandSpec command, List<Path> inputs, Path directory, Map<String, String> environment) {
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            Object value = option.getValue();
            if (value != null && !Boolean.FALSE.equals(value) && !OF_ONE_START.contains(option.longestName())) {
                arguments.add(option.longestName() + "=" + recorded(option, value, directory, environment));
            }
        }
        arguments.add(END_OF_FLAGS);
        inputs.forEach(input -> arguments.add(
                StandardInput.is(input) ? input.toString() : WayTo.record(directory, input, environment)));
        return arguments;
    }

    private static String recorded(OptionSpec option, Object value, Path directory, Map<String, String> environment) {
        if (FILES.contains(option.longestName())) {
            return WayTo.record(directory, Path.of(text(value)), environment);
        }
        return option.longestName().equals(TOKENIZER) ? fileName(text(value)) : text(value);
    }

    private static String text(Object value) {
        return switch (value) {
            case Enum<?> choice -> Choices.name(choice);
            case Seconds time -> time.text();
            case List<?> several -> several.stream().map(RecordedFlags::text).collect(Collectors.joining(","));
            default -> value.toString();
        };
    }

    /** A run that goes on has its tokenizer in its folder, and where the first one came from is nobody's business. */
    private static String fileName(String tokenizer) {
        return tokenizer.substring(tokenizer.lastIndexOf('/') + 1);
    }

    /**
     * The recorded flags of the run in a directory, by name. How long the run is to be is one thing, whether it is
     * given in steps, in epochs or, without them, in time. What belongs to one start is no flag of a run, whoever has
     * written it there.
     *
     * @param given whether a flag has a value already, which comes before the recorded one
     */
    static Map<String, String> read(Path directory, Predicate<String> given) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String argument : arguments(directory)) {
            if (argument.equals(END_OF_FLAGS)) {
                break;
            }
            int end = argument.indexOf('=');
            if (argument.startsWith("--") && end > 0) {
                flags.put(argument.substring(0, end), argument.substring(end + 1));
            }
        }
        flags.keySet().removeAll(OF_ONE_START);
        FILES.forEach(flag -> flags.computeIfPresent(
                flag, (_, way) -> WayTo.follow(directory, way).toString()));
        if (!ModelDirectory.open(directory).run().at("/settings/loop").has("resetState")) {
            flags.putIfAbsent("--reset-state", "0"); // Earlier builds had no such flag.
        }
        if (LENGTH.stream().anyMatch(given)) {
            if (Collections.disjoint(flags.keySet(), LENGTH)) {
                flags.remove(TIME);
            }
            flags.keySet().removeAll(LENGTH);
        }
        return flags;
    }

    /**
     * The recorded inputs of the run in a directory.
     *
     * @throws LstmGpuException with exit code 3 if one is not where it was
     */
    static List<Path> inputs(Path directory, RunWords words) {
        List<String> arguments = arguments(directory);
        int end = arguments.indexOf(END_OF_FLAGS);
        List<Path> inputs = end < 0 ? earlierInputs(arguments) : new ArrayList<>();
        for (String way : end < 0 ? List.<String>of() : arguments.subList(end + 1, arguments.size())) {
            inputs.add(followed(directory, way, words));
        }
        for (Path input : inputs) {
            if (!Files.exists(input) && !InputSearch.isPattern(input)) {
                throw LstmGpuException.data(
                        "the %s %s of the run in %s is not at %s; name it: %s %s INPUT -o %s --resume",
                        words.data(),
                        input.getFileName(),
                        directory,
                        input,
                        Program.NAME,
                        words.train(),
                        ShellWord.of(directory));
            }
        }
        return inputs;
    }

    private static Path followed(Path directory, String way, RunWords words) {
        if (way.equals(StandardInput.NAME)) {
            throw LstmGpuException.data(
                    "the %s of the run in %s came by standard input, which cannot be read again; give it once more: %s"
                            + " %s - -o %s --resume <INPUT",
                    words.data(), directory, Program.NAME, words.train(), ShellWord.of(directory));
        }
        return WayTo.follow(directory, way);
    }

    /** Earlier builds recorded inputs as they were given, before the flags. */
    private static List<Path> earlierInputs(List<String> arguments) {
        return arguments.stream()
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
