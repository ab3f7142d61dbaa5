package lstmgpu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where a flag that was not given gets its value from: the environment, then the file named by
 * {@code --config}, then the run that is resumed.
 */
final class Defaults implements IDefaultValueProvider {
    private static final Map<String, String> VARIABLES =
            Map.of("--device", "LSTM_GPU_DEVICE", "--threads", "LSTM_GPU_THREADS");
    private static final Set<String> NOT_IN_FILES = Set.of("--config", "--help", "--verbose");

    private final List<String> words;
    private final Map<String, String> environment;
    private final Path file;
    private final Map<String, String> settings;
    private final Map<String, String> recorded;

    private Defaults(
            List<String> words,
            Map<String, String> environment,
            Path file,
            Map<String, String> settings,
            Map<String, String> recorded) {
        this.words = words;
        this.environment = environment;
        this.file = file;
        this.settings = settings;
        this.recorded = recorded;
    }

    /** @param trains whether the words are those of a command that trains, which may go on with a recorded run */
    static Defaults of(Map<String, String> environment, boolean trains, String... arguments) {
        // What follows "--" are inputs, whatever they are called.
        List<String> words =
                Stream.of(arguments).takeWhile(word -> !word.equals("--")).toList();
        String config = valueOf(words, "--config");
        Path file = config == null ? null : Path.of(config);
        Map<String, String> settings = file == null ? Map.of() : read(file);
        String output = valueOf(words, "-o", "--output");
        output = output == null ? settings.getOrDefault("--output", settings.get("-o")) : output;
        boolean resumes = trains && (isGiven(words, "--resume") || Boolean.parseBoolean(settings.get("--resume")));
        Map<String, String> recorded = resumes && output != null
                ? RecordedFlags.read(Path.of(output), flag -> isGiven(words, flag) || settings.containsKey(flag))
                : Map.of();
        return new Defaults(words, environment, file, settings, recorded);
    }

    private static boolean isGiven(List<String> words, String flag) {
        return words.stream().anyMatch(word -> word.equals(flag) || word.startsWith(flag + "="));
    }

    /** The last value of a flag, however it is attached: {@code -o DIR}, {@code -oDIR}, {@code --output=DIR}. */
    private static String valueOf(List<String> words, String... names) {
        String value = null;
        for (int i = 0; i < words.size(); i++) {
            for (String name : names) {
                String word = words.get(i);
                if (word.equals(name)) {
                    value = i + 1 < words.size() ? words.get(i + 1) : value;
                } else if (word.startsWith(name + "=")) {
                    value = word.substring(name.length() + 1);
                } else if (!name.startsWith("--") && word.startsWith(name)) {
                    value = word.substring(name.length());
                }
            }
        }
        return value;
    }

    private static Map<String, String> read(Path file) {
        try {
            JsonNode content = new ObjectMapper().readTree(Files.readString(file));
            if (!(content instanceof ObjectNode object)) {
                throw LstmGpuException.data("%s must hold one JSON object, such as {\"hidden-size\": 256}", file);
            }
            Map<String, String> settings = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                    throw LstmGpuException.data("%s: %s must be a text, a number, true or false", file, entry.getKey());
                }
                settings.put(
                        "--" + entry.getKey().replace('_', '-'),
                        entry.getValue().asText());
            }
            return settings;
        } catch (JsonProcessingException failure) {
            throw new LstmGpuException(
                    lstmgpu.ExitCode.DATA, "%s is not JSON: %s".formatted(file, failure.getOriginalMessage()), failure);
        } catch (IOException failure) {
            throw new LstmGpuException(
                    lstmgpu.ExitCode.DATA,
                    "%s cannot be read; check the name behind --config".formatted(file),
                    failure);
        }
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        if (option.arity().max() == 0 && Stream.of(option.names()).anyMatch(name -> isGiven(words, name))) {
            // A flag without a value means the opposite of its default.
            return null;
        }
        for (String name : option.names()) {
            String variable = environment.get(VARIABLES.getOrDefault(name, ""));
            if (variable != null && !variable.isBlank()) {
                return variable;
            }
            if (settings.containsKey(name)) {
                return settings.get(name);
            }
        }
        return recorded.get(option.longestName());
    }

    /** Refuses a file with a setting that is no flag of the command. */
    void check(CommandSpec command) {
        for (String name : settings.keySet()) {
            if (!command.optionsMap().containsKey(name) || NOT_IN_FILES.contains(name)) {
                List<String> near =
                        Suggestions.nearest(name, command.optionsMap().keySet());
                throw LstmGpuException.usage(
                        "%s: %s has no setting %s%s",
                        file,
                        command.qualifiedName(),
                        name.substring(2),
                        near.isEmpty()
                                ? ""
                                : "; did you mean " + near.getFirst().substring(2) + "?");
            }
        }
    }
}
