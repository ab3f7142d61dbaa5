package lstmgpu.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.tune.Dimension;
import lstmgpu.tune.SearchFile;
import lstmgpu.tune.Space;
import picocli.CommandLine.Model.OptionSpec;

/** The settings that a search draws: ranges and lists among the flags of a command, and those of a file. */
final class TuneSpace {
    /** A run's, which tune gives to each. */
    private static final Set<String> OWNED = Set.of(
            "--output",
            "--resume",
            "--overwrite",
            "--dry-run",
            "--progress",
            "--serve",
            "--max-time",
            "--config",
            "--verbose",
            "--help");

    private static final Set<Class<?>> WHOLE = Set.of(int.class, Integer.class, long.class, Long.class);
    private static final Set<Class<?>> REAL = Set.of(float.class, Float.class, double.class, Double.class);
    private static final String RATE = "--learning-rate";
    private static final long BYTES_AT_MOST = 1 << 20;
    private static final int MOST_VALUES = 1000;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final TuneWords words;
    private final Map<String, Dimension> dimensions = new LinkedHashMap<>();
    private final List<TuneWords.Flag> fixed = new ArrayList<>();

    private TuneSpace(TuneWords words) {
        this.words = words;
    }

    /**
     * @param file null for none
     * @throws LstmGpuException with exit code 2 for an empty range, a flag that the command does not have or that tune
     *     gives to its runs itself, and where nothing is to be drawn; 3 if the file cannot be read
     */
    static TuneSpace of(TuneWords words, Path file) {
        TuneSpace space = new TuneSpace(words);
        words.flags().forEach(space::add);
        if (file != null) {
            space.add(file);
        }
        return space;
    }

    /** That of a search that goes on, as it was recorded; files are not read again. */
    static TuneSpace recorded(TuneWords words, Map<String, List<String>> texts) {
        TuneSpace space = new TuneSpace(words);
        space.fixed.addAll(words.flags());
        texts.forEach((name, values) -> {
            OptionSpec option = words.spec().optionsMap().get(name);
            if (option == null || OWNED.contains(option.longestName())) {
                throw words.unknown(name, SearchFile.NAME + ": ");
            }
            Dimension dimension = Dimension.isRange(values.getFirst())
                    ? range(option, name, values.getFirst(), values.getLast().equals(Dimension.LOG), "")
                    : listed(name, values, "");
            space.add(name, dimension, "");
        });
        return space;
    }

    /** As they are recorded. */
    Map<String, List<String>> texts() {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        dimensions.forEach((name, dimension) -> texts.put(name, dimension.texts()));
        return texts;
    }

    /** Of the draws: the runs' own, unless that is drawn too. */
    long seed() {
        return fixed.stream()
                .filter(flag -> flag.name().equals("--seed"))
                .map(flag -> {
                    try {
                        return Long.parseLong(flag.value());
                    } catch (NumberFormatException wrong) {
                        return 0L; // The first run refuses it.
                    }
                })
                .reduce(0L, (_, last) -> last);
    }

    /** What is drawn; may be nothing. */
    Space space() {
        return new Space(dimensions);
    }

    /** The command with a value for everything that is drawn, or, without settings, with nothing in their place. */
    TuneWords with(Map<String, String> settings) {
        List<TuneWords.Flag> flags = new ArrayList<>(fixed);
        settings.forEach((name, value) -> {
            OptionSpec option = words.spec().optionsMap().get(name);
            if (option.arity().max() > 0) {
                flags.add(new TuneWords.Flag(option, name, value));
            } else if (value.equals("true")) {
                flags.add(new TuneWords.Flag(option, name, null));
            }
        });
        return words.with(flags);
    }

    private void add(TuneWords.Flag flag) {
        if (OWNED.contains(flag.option().longestName()) && !flag.name().equals("--config")) {
            throw owned(flag.name(), "");
        }
        Dimension dimension = flag.value() == null ? null : dimension(flag);
        boolean again = dimensions.keySet().removeIf(name -> isName(flag.option(), name));
        if (dimension != null || again) {
            fixed.removeIf(other -> isName(flag.option(), other.name())); // What is said last holds.
        }
        if (dimension == null) {
            fixed.add(flag);
        } else {
            dimensions.put(flag.name(), dimension);
        }
    }

    private static boolean isName(OptionSpec option, String name) {
        return Arrays.asList(option.names()).contains(name);
    }

    private static LstmGpuException owned(String name, String where) {
        return LstmGpuException.usage("%stune itself says what %s is for each run; leave it out", where, name);
    }

    private void add(String name, Dimension dimension, String where) {
        OptionSpec option = words.spec().optionsMap().get(name);
        boolean twice = Stream.concat(
                        dimensions.keySet().stream(), fixed.stream().map(TuneWords.Flag::name))
                .anyMatch(other -> isName(option, other));
        if (twice) {
            throw LstmGpuException.usage("%s%s has values already; give them once", where, name);
        }
        dimensions.put(name, dimension);
    }

    /** Null for a plain value. */
    private static Dimension dimension(TuneWords.Flag flag) {
        OptionSpec option = flag.option();
        boolean list = flag.value().indexOf(',') >= 0
                && option.splitRegex().isEmpty()
                && option.type() != String.class
                && option.type() != Path.class;
        if (list) {
            return listed(flag.name(), List.of(flag.value().split(",", -1)), "");
        }
        return meansRange(option, flag.value()) ? range(option, flag.name(), flag.value(), null, "") : null;
    }

    /** Also where it is none, such as 1e-3.. of a number, so that it is refused as one. */
    private static boolean meansRange(OptionSpec option, String text) {
        boolean number = WHOLE.contains(option.type()) || REAL.contains(option.type());
        return Dimension.isRange(text) || number && text.contains("..");
    }

    private static Dimension listed(String name, List<String> values, String where) {
        if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
            throw LstmGpuException.usage("%s%s has an empty value in its list; take it out", where, name);
        }
        LstmGpuException.requireRange("the values of " + name, values.size(), 1, MOST_VALUES);
        return new Dimension.Listed(
                values.stream().map(String::strip).distinct().collect(Collectors.toList()));
    }

    private static Dimension range(OptionSpec option, String name, String text, Boolean log, String where) {
        Dimension.Scale scale;
        if (option.longestName().equals(RATE)) {
            scale = Dimension.Scale.RATE;
        } else if (WHOLE.contains(option.type())) {
            scale = Dimension.Scale.WHOLE;
        } else if (REAL.contains(option.type())) {
            scale = Dimension.Scale.REAL;
        } else {
            throw LstmGpuException.usage("%s%s takes no numbers, so %s is no range of it", where, name, text);
        }
        return Dimension.range(where + name, text, scale, log);
    }

    private void add(Path file) {
        String where = file + ": ";
        for (Map.Entry<String, JsonNode> entry : read(file).properties()) {
            String name = "--" + entry.getKey().replaceFirst("^--", "").replace('_', '-');
            OptionSpec option = words.spec().optionsMap().get(name);
            if (option == null) {
                throw words.unknown(name, where);
            }
            if (OWNED.contains(option.longestName())) {
                throw owned(name, where);
            }
            add(name, dimension(option, name, entry.getValue(), where), where);
        }
    }

    private static ObjectNode read(Path file) {
        if (!Files.exists(file)) {
            throw LstmGpuException.data("--space %s is not there; check the name", file);
        }
        try {
            if (JSON.readTree(RegularFile.bytes(file, BYTES_AT_MOST)) instanceof ObjectNode object) {
                return object;
            }
            throw LstmGpuException.data(
                    "%s must hold one JSON object, such as {\"lr\": \"1e-3..1e-2\", \"hidden-size\": [64, 128]}", file);
        } catch (JsonProcessingException damaged) {
            JsonLocation place = damaged.getLocation();
            throw LstmGpuException.data(
                    "%s is not JSON, or names something twice%s; it is to be as"
                            + " {\"lr\": \"1e-3..1e-2\", \"hidden-size\": [64, 128]}",
                    file,
                    place == null ? "" : ", in line %d, column %d".formatted(place.getLineNr(), place.getColumnNr()));
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private static Dimension dimension(OptionSpec option, String name, JsonNode value, String where) {
        if (value.isArray()) {
            List<String> values = new ArrayList<>();
            for (JsonNode each : value) {
                values.add(scalar(name, each, where));
            }
            return listed(name, values, where);
        }
        if (value instanceof ObjectNode ends) {
            Set<String> known = Set.of("from", "to", "scale");
            String scale = ends.path("scale").asText("");
            boolean right = ends.has("from")
                    && ends.has("to")
                    && ends.properties().stream().allMatch(each -> known.contains(each.getKey()))
                    && Set.of("", Dimension.LOG, Dimension.LINEAR).contains(scale);
            if (!right) {
                throw LstmGpuException.usage(
                        "%s%s is no range; write it as {\"from\": 0.001, \"to\": 0.01, \"scale\": \"log\"} or linear",
                        where, name);
            }
            String text = scalar(name, ends.get("from"), where) + ".." + scalar(name, ends.get("to"), where);
            return range(option, name, text, scale.isEmpty() ? null : (Boolean) scale.equals(Dimension.LOG), where);
        }
        String text = scalar(name, value, where);
        return meansRange(option, text) ? range(option, name, text, null, where) : listed(name, List.of(text), where);
    }

    private static String scalar(String name, JsonNode value, String where) {
        if (!value.isValueNode() || value.isNull()) {
            throw LstmGpuException.usage(
                    "%s%s is a list of texts, numbers, true or false, or a range such as \"64..512\"", where, name);
        }
        return value.asText();
    }
}
