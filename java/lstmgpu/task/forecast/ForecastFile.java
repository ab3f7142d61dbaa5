package lstmgpu.task.forecast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.Checksum;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;

/** {@code forecast.json}, as docs/model-format.md tells it. */
public final class ForecastFile {
    /** What it is called. */
    public static final String NAME = "forecast.json";

    private static final int FORMAT_VERSION = 1;
    private static final String VERSION = "format_version";
    private static final int MOST_STEPS = 1 << 16;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ForecastFile() {}

    /** Replaces the file as a whole. */
    public static void write(ForecastModel model, Path file) {
        JsonFiles.writeSealed(file, json(model));
    }

    private static ObjectNode json(ForecastModel model) {
        ObjectNode object = JSON.createObjectNode().put(VERSION, FORMAT_VERSION);
        object.setAll((ObjectNode) JSON.valueToTree(model));
        return object;
    }

    /** A check sum of all that training depends on. */
    static String checksum(ForecastModel model) {
        return Checksum.of(json(model.with(null)).toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What lies beside a model's weights.
     *
     * @throws LstmGpuException with exit code 3 if it is missing, damaged, out of range, or does not fit the network
     */
    public static ForecastModel read(ModelDirectory directory) {
        Path file = directory.taskFile(NAME);
        JsonFields fields = new JsonFields(file, JsonFiles.readSealed(file));
        fields.integer(VERSION, 1, FORMAT_VERSION);
        fields.object().remove(VERSION);
        ForecastModel model;
        try {
            model = JSON.treeToValue(fields.object(), ForecastModel.class);
        } catch (JsonProcessingException | RuntimeException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: %s; restore it from a copy or train again",
                    file,
                    failure instanceof JsonProcessingException unread
                            ? unread.getOriginalMessage()
                            : failure.getMessage());
        }
        check(fields, model);
        requireNetwork(fields, model, directory.config());
        return model;
    }

    private static void check(JsonFields fields, ForecastModel model) {
        boolean whole = Stream.of(
                        model.columns(),
                        model.format(),
                        model.frequency(),
                        model.windows(),
                        model.guess(),
                        model.sizes())
                .allMatch(Objects::nonNull);
        if (!whole
                || model.columns().target() == null
                || model.frequency().unit() == null
                || model.guess().scale() == null
                || model.windows().strategy() == null) {
            throw fields.wrong("columns", "or one beside it is missing; restore the file from a copy or train again");
        }
        ForecastModel.Windows windows = model.windows();
        require(fields, "windows.input", windows.input(), 1);
        require(fields, "windows.horizon", windows.horizon(), 1);
        require(fields, "guess.season", model.guess().season(), 1);
        require(fields, "windows.held_out", Math.min(windows.heldOut(), MOST_STEPS), 0);
        require(fields, "windows.test", Math.min(windows.test(), MOST_STEPS), 0);
        if (model.frequency().count() < 1) {
            throw fields.wrong("frequency", "has a count below 1");
        }
        ForecastModel.Sizes sizes = model.sizes();
        for (double size : new double[] {sizes.change(), sizes.seasonalChange(), sizes.miss()}) {
            if (!(size > 0 && Double.isFinite(size))) {
                throw fields.wrong("sizes", "has %s; its numbers are finite and above 0".formatted(size));
            }
        }
        int covariates = model.columns().known().size() + model.columns().past().size();
        if (model.covariates().size() != covariates) {
            throw fields.wrong("covariates", "has not one scale for each of %d".formatted(covariates));
        }
        Conformal conformal = model.conformal();
        if (conformal != null
                && (conformal.usual().size() != windows.horizon()
                        || conformal.misses().isEmpty()
                        || conformal.count() < conformal.misses().size()
                        || Stream.concat(conformal.usual().stream(), conformal.misses().stream())
                                .anyMatch(number -> !(number >= 0 && Double.isFinite(number))))) {
            throw fields.wrong("conformal", "does not fit the horizon, or has numbers that are none");
        }
    }

    private static void require(JsonFields fields, String name, int value, int least) {
        if (value < least || value > MOST_STEPS) {
            throw fields.wrong(name, "is %d; it is a whole number from %d to %d".formatted(value, least, MOST_STEPS));
        }
    }

    private static void requireNetwork(JsonFields fields, ForecastModel model, NetworkConfig network) {
        boolean fits = network.input() instanceof InputPart.Features features
                && features.size() == model.features()
                && network.head() instanceof Head.Values values
                && values.targets() == model.windows().targets();
        if (!fits) {
            throw fields.wrong(
                    "windows",
                    "and those beside it need a network that reads %d features and predicts %d values, and config.json"
                                    .formatted(model.features(), model.windows().targets())
                            + " has another; both files must come from the same run");
        }
    }
}
