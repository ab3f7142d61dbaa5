package lstmgpu.task.forecast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
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
        } catch (JsonProcessingException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s: the field '%s' is missing, unknown, or not what belongs there; restore the file from a copy or"
                                    .formatted(file, field(failure))
                            + " train again",
                    failure);
        }
        new ForecastRanges(fields, model).check();
        requireNetwork(fields, model, directory.config());
        return model;
    }

    /** The way to the field that cannot be read, such as "series.a.unit". */
    private static String field(JsonProcessingException failure) {
        if (!(failure instanceof JsonMappingException unfit)) {
            return "?";
        }
        return unfit.getPath().stream()
                .map(part -> part.getFieldName() == null ? Integer.toString(part.getIndex()) : part.getFieldName())
                .collect(Collectors.joining("."));
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
