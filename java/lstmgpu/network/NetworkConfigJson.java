package lstmgpu.network;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Pooling;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;

/**
 * {@code config.json}, as docs/model-format.md tells it. Version 1, which knew language models only, and 2, without
 * zoneout, are read too.
 */
final class NetworkConfigJson {
    private static final int FORMAT_VERSION = 3;

    /** What is written unless there is something that readers of it do not know of. */
    private static final int WIDELY_READ = 2;

    private static final String MODEL_TYPE = "lstm-gpu";
    private static final String LANGUAGE_MODEL = "language-model";
    private static final String PROJECTION = "proj_size";
    private static final String TOKENS = "tokens";
    private static final String FEATURES = "features";
    private static final String NEXT_TOKEN = "next-token";
    private static final String VALUES = "values";
    private static final String SEQUENCE_CLASS = "sequence-class";
    private static final String SQUARED = "squared";
    private static final String ABSOLUTE = "absolute";
    private static final String HUBER = "huber";
    private static final String QUANTILE = "quantile";
    private static final int MOST_QUANTILES = 1000;

    private final JsonFields fields;
    private final int version;

    private NetworkConfigJson(JsonFields fields) {
        this.fields = fields;
        this.version = version(fields);
    }

    static NetworkConfig read(Path file) {
        return new NetworkConfigJson(new JsonFields(file, JsonFiles.read(file))).network();
    }

    static String task(Path file) {
        return new NetworkConfigJson(new JsonFields(file, JsonFiles.read(file))).fields.text("task");
    }

    private static int version(JsonFields fields) {
        int version = fields.integer("format_version", 1, Integer.MAX_VALUE);
        if (version > FORMAT_VERSION) {
            throw fields.wrong(
                    "format_version",
                    "is %d and only those up to %d are known here; use a newer lstm-gpu"
                            .formatted(version, FORMAT_VERSION));
        }
        if (!fields.text("model_type").equals(MODEL_TYPE)) {
            throw fields.wrong("model_type", "is '%s'; it is '%s'".formatted(fields.text("model_type"), MODEL_TYPE));
        }
        String task = fields.text("task");
        if (version == 1 && !task.equals(LANGUAGE_MODEL)) {
            throw fields.wrong("task", "is '%s'; version 1 knows '%s' only".formatted(task, LANGUAGE_MODEL));
        }
        return version;
    }

    private NetworkConfig network() {
        InputPart input = input();
        Cell cell = cell();
        int hiddenSize = fields.integer("hidden_size", 1, NetworkConfig.LARGEST_SIZE);
        int projection = projection(cell, hiddenSize);
        int layers = fields.integer("num_layers", 1, NetworkConfig.MOST_LAYERS);
        boolean bidirectional = fields.has("bidirectional") && fields.flag("bidirectional");
        float dropout = (float) fields.number("dropout", 0, Math.nextDown(1f));
        Head head = head(input);
        int read = projection > 0 ? projection : hiddenSize;
        if (head.tied() && input.size() != read) {
            throw fields.wrong(
                    "tie_weights",
                    "is true, which needs embedding_size %d and %s %d to be equal"
                            .formatted(input.size(), projection > 0 ? PROJECTION : "hidden_size", read));
        }
        if (bidirectional && head instanceof Head.NextToken) {
            throw fields.wrong(
                    "bidirectional", "is true, and such a network would see the token that it is to predict");
        }
        NetworkConfig network = new NetworkConfig(
                input, cell, hiddenSize, projection, layers, bidirectional, dropout, zoneout(cell, projection), head);
        return network.clusters() == null ? network : network.withClusters(network.clusters());
    }

    private int projection(Cell cell, int hiddenSize) {
        if (!fields.has(PROJECTION)) {
            return 0;
        }
        int projection = fields.integer(PROJECTION, 0, NetworkConfig.LARGEST_SIZE);
        if (projection > 0 && !cell.takesProjection()) {
            throw fields.wrong(
                    PROJECTION,
                    "is %d, and %s cells have no projection; %s have"
                            .formatted(projection, cell.word(), NetworkConfig.projecting()));
        }
        if (projection >= hiddenSize) {
            throw fields.wrong(
                    PROJECTION, "is %d, which is not below hidden_size %d".formatted(projection, hiddenSize));
        }
        return projection;
    }

    private InputPart input() {
        String kind = version == 1 ? TOKENS : fields.text("input");
        return switch (kind) {
            case TOKENS ->
                new InputPart.Tokens(
                        fields.integer("vocab_size", 1, Integer.MAX_VALUE),
                        fields.integer("embedding_size", 1, NetworkConfig.LARGEST_SIZE));
            case FEATURES -> new InputPart.Features(fields.integer("feature_size", 1, NetworkConfig.LARGEST_SIZE));
            default -> throw fields.wrong("input", "is '%s'; it is %s or %s".formatted(kind, TOKENS, FEATURES));
        };
    }

    private Head head(InputPart input) {
        String kind = version == 1 ? NEXT_TOKEN : fields.text("head");
        return switch (kind) {
            case NEXT_TOKEN -> nextToken(input);
            case VALUES -> new Head.Values(outputs(), loss());
            case SEQUENCE_CLASS -> new Head.SequenceClass(outputs(), pooling());
            default ->
                throw fields.wrong(
                        "head", "is '%s'; it is %s, %s or %s".formatted(kind, NEXT_TOKEN, VALUES, SEQUENCE_CLASS));
        };
    }

    private int outputs() {
        return fields.integer("output_size", 1, NetworkConfig.LARGEST_SIZE);
    }

    private ValueLoss loss() {
        String usual = fields.has("quantiles") ? QUANTILE : SQUARED;
        String word = fields.has("loss") ? fields.text("loss") : usual;
        return switch (word) {
            case SQUARED -> new ValueLoss.Squared();
            case ABSOLUTE -> new ValueLoss.Absolute();
            case HUBER -> new ValueLoss.Huber(delta());
            case QUANTILE -> new ValueLoss.Quantiles(quantiles());
            default ->
                throw fields.wrong(
                        "loss", "is '%s'; it is %s, %s, %s or %s".formatted(word, SQUARED, ABSOLUTE, HUBER, QUANTILE));
        };
    }

    private float delta() {
        float delta = (float) fields.number("delta", 0, Float.MAX_VALUE);
        if (delta == 0) {
            throw fields.wrong("delta", "is 0; it is a number above 0");
        }
        return delta;
    }

    private List<Float> quantiles() {
        List<Float> quantiles =
                fields.numbers("quantiles").stream().map(Double::floatValue).toList();
        if (quantiles.size() > MOST_QUANTILES || !ValueLoss.Quantiles.areLevels(quantiles)) {
            throw fields.wrong(
                    "quantiles",
                    "is %s; it is 1 to %d numbers above 0 and below 1, each above the one before"
                            .formatted(quantiles, MOST_QUANTILES));
        }
        return quantiles;
    }

    private Pooling pooling() {
        String word = fields.has("pooling") ? fields.text("pooling") : word(Pooling.LAST);
        for (Pooling pooling : Pooling.values()) {
            if (word(pooling).equals(word)) {
                return pooling;
            }
        }
        throw fields.wrong("pooling", "is '%s'; it is last, mean or max".formatted(word));
    }

    private static String word(Pooling pooling) {
        return pooling.name().toLowerCase(Locale.ROOT);
    }

    private Head nextToken(InputPart input) {
        if (input instanceof InputPart.Tokens tokens) {
            int size = tokens.vocabularySize();
            return new Head.NextToken(size, fields.flag("tie_weights"), clusters(size));
        }
        throw fields.wrong("head", "is '%s', which needs the input '%s'".formatted(NEXT_TOKEN, TOKENS));
    }

    private Clusters clusters(int vocabulary) {
        if (!fields.has("cutoffs")) {
            return null;
        }
        List<Double> given = fields.numbers("cutoffs");
        List<Integer> cutoffs = given.stream().map(Double::intValue).toList();
        boolean whole = given.stream().allMatch(cutoff -> cutoff == cutoff.intValue());
        if (!whole || !Clusters.fit(vocabulary, cutoffs)) {
            throw fields.wrong(
                    "cutoffs",
                    "is %s; it is 1 to %d whole numbers above 0 and below vocab_size, each above the one before"
                            .formatted(given, Clusters.MOST));
        }
        return new Clusters(vocabulary, cutoffs);
    }

    private ZoneoutRates zoneout(Cell cell, int projection) {
        float ofCell = probability("zoneout_cell");
        if (ofCell > 0 && !cell.hasCellState()) {
            throw fields.wrong("zoneout_cell", "is %s, and %s has no c to keep".formatted(ofCell, cell.word()));
        }
        ZoneoutRates rates = new ZoneoutRates(ofCell, probability("zoneout_hidden"));
        if (projection > 0 && rates.act()) {
            throw fields.wrong(
                    PROJECTION, "is %d, and there is zoneout, which such layers do not have".formatted(projection));
        }
        return rates;
    }

    private float probability(String name) {
        return fields.has(name) ? (float) fields.number(name, 0, Math.nextDown(1f)) : 0;
    }

    private Cell cell() {
        String name = fields.text("cell");
        return Cell.named(name)
                .orElseThrow(() -> fields.wrong("cell", "is '%s'; it is %s".formatted(name, Cell.WORDS)));
    }

    static void write(NetworkConfig config, String task, Path file) {
        JsonFiles.write(file, object(config, task));
    }

    static ObjectNode object(NetworkConfig config, String task) {
        ObjectNode object = JsonFiles.object();
        object.put("format_version", config.zoneout().act() ? FORMAT_VERSION : WIDELY_READ)
                .put("model_type", MODEL_TYPE)
                .put("task", task);
        object.put("cell", config.cell().word());
        switch (config.input()) {
            case InputPart.Tokens tokens ->
                object.put("input", TOKENS)
                        .put("vocab_size", tokens.vocabularySize())
                        .put("embedding_size", tokens.size());
            case InputPart.Features features -> object.put("input", FEATURES).put("feature_size", features.size());
        }
        object.put("hidden_size", config.hiddenSize()).put("num_layers", config.layers());
        if (config.projection() > 0) {
            object.put(PROJECTION, config.projection());
        }
        if (config.bidirectional()) {
            object.put("bidirectional", true);
        }
        object.put("dropout", config.dropout());
        if (config.zoneout().act()) {
            object.put("zoneout_cell", config.zoneout().cell())
                    .put("zoneout_hidden", config.zoneout().hidden());
        }
        switch (config.head()) {
            case Head.NextToken next -> {
                object.put("head", NEXT_TOKEN).put("tie_weights", next.tied());
                if (next.clusters() != null) {
                    ArrayNode cutoffs = object.putArray("cutoffs");
                    next.clusters().cutoffs().forEach(cutoffs::add);
                }
            }
            case Head.Values values -> {
                object.put("head", VALUES).put("output_size", values.targets());
                write(values.loss(), object);
            }
            case Head.SequenceClass sequence ->
                object.put("head", SEQUENCE_CLASS)
                        .put("output_size", sequence.size())
                        .put("pooling", word(sequence.pooling()));
        }
        return object;
    }

    private static void write(ValueLoss loss, ObjectNode object) {
        switch (loss) {
            case ValueLoss.Squared _ -> object.put("loss", SQUARED);
            case ValueLoss.Absolute _ -> object.put("loss", ABSOLUTE);
            case ValueLoss.Huber huber -> object.put("loss", HUBER).put("delta", huber.delta());
            case ValueLoss.Quantiles quantiles -> {
                ArrayNode levels = object.put("loss", QUANTILE).putArray("quantiles");
                quantiles.levels().forEach(levels::add);
            }
        }
    }
}
