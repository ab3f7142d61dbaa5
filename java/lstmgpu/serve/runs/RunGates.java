package lstmgpu.serve.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import lstmgpu.data.Tokenizer;
import lstmgpu.inspect.GateReading;
import lstmgpu.inspect.GateTrace;
import lstmgpu.inspect.UnitSearch;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.store.ModelDirectory;

/** What goes on inside some units of a run's newest weights while they read a text. */
final class RunGates {
    private static final int MOST_TOKENS = 400;
    private static final int MOST_CHARACTERS = 4000;
    private static final int MOST_UNITS = 8;
    private static final int USUAL_UNITS = 4;
    private static final float HUNDREDTHS = 100;

    private RunGates() {}

    /**
     * @param body {@code text}, and where they are chosen {@code layer} and {@code units}
     * @throws ApiError with status 400 for a text or units that do not fit, 409 while there are no weights
     */
    static ObjectNode of(Path folder, JsonBody body) {
        ModelDirectory directory = ModelDirectory.open(folder);
        if (!directory.hasWeights()) {
            throw new ApiError(
                    ApiError.Kind.CONFLICT, "no_weights", null, "the run has kept no weights yet; try again later");
        }
        Tokenizer tokenizer = directory.tokenizer();
        NetworkConfig config = directory.config();
        int[] ids = tokens(body.text("text"), tokenizer);
        OptionalInt layer = body.integer("layer", 0, config.layers() - 1);
        GateTrace trace = new GateTrace(config, directory.weights());
        UnitSearch search = new UnitSearch(trace, tokenizer, ids);
        List<UnitSearch.Unit> units = body.has("units")
                ? chosen(body.node("units"), layer.orElse(config.layers() - 1), config.hiddenSize())
                : search.telling(layer.isPresent() ? layer.getAsInt() : null, USUAL_UNITS);
        return told(GateReading.of(trace, tokenizer, ids, units), search, config);
    }

    private static int[] tokens(String text, Tokenizer tokenizer) {
        if (text == null || text.length() > MOST_CHARACTERS) {
            throw ApiError.invalid("text", "'text' must be a text of at most %,d characters", MOST_CHARACTERS);
        }
        int[] ids = Unknown.encode(tokenizer, text, "'text'", _ -> {});
        if (ids.length < 2) {
            throw ApiError.invalid("text", "'text' is too short; give a line or more");
        }
        return Arrays.copyOf(ids, Math.min(ids.length, MOST_TOKENS));
    }

    private static List<UnitSearch.Unit> chosen(JsonNode list, int layer, int hidden) {
        List<UnitSearch.Unit> units = new ArrayList<>();
        for (JsonNode unit : list) {
            if (!unit.isInt() || unit.intValue() < 0 || unit.intValue() >= hidden) {
                throw ApiError.invalid("units", "'units' must be numbers from 0 to %d", hidden - 1);
            }
            units.add(new UnitSearch.Unit(layer, unit.intValue()));
        }
        if (units.isEmpty() || units.size() > MOST_UNITS) {
            throw ApiError.invalid("units", "'units' must be a list of 1 to %d numbers", MOST_UNITS);
        }
        return units.stream().distinct().toList();
    }

    private static ObjectNode told(GateReading reading, UnitSearch search, NetworkConfig config) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("cell", config.cell().reading("blue"))
                .put("memory", reading.signals().indexOf(config.cell().memory()))
                .put("layers", config.layers())
                .put("hidden_size", config.hiddenSize());
        ArrayNode tokens = answer.putArray("tokens");
        reading.texts().forEach(tokens::add);
        ArrayNode units = answer.putArray("units");
        for (int u = 0; u < reading.units().size(); u++) {
            UnitSearch.Unit unit = reading.units().get(u);
            ObjectNode own = units.addObject()
                    .put("layer", unit.layer())
                    .put("unit", unit.index())
                    .put("follows", search.follows(unit));
            ArrayNode signals = own.putArray("signals");
            for (int s = 0; s < reading.signals().size(); s++) {
                ArrayNode values = signals.addObject()
                        .put("name", reading.signals().get(s).label())
                        .putArray("values");
                for (float value : reading.values()[u][s]) {
                    values.add(Math.round(HUNDREDTHS * value) / HUNDREDTHS);
                }
            }
        }
        return answer;
    }
}
