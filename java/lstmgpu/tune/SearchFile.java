package lstmgpu.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;
import lstmgpu.files.RegularFile;

/** {@code tune.json}: what a search has found, and what it goes on from. */
public final class SearchFile {
    /** What it is called. */
    public static final String NAME = "tune.json";

    private static final String VERSION = "format_version";
    private static final int FORMAT_VERSION = 1;
    private static final int MOST_RUNGS = 16;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private SearchFile() {}

    /** Whether a folder has one. */
    public static boolean isIn(Path folder) {
        return RegularFile.exists(folder.resolve(NAME));
    }

    /** Replaces the file as a whole. */
    public static void write(Path folder, SearchRecord record) {
        ObjectNode object = JSON.createObjectNode().put(VERSION, FORMAT_VERSION);
        object.setAll((ObjectNode) JSON.valueToTree(record));
        JsonFiles.writeSealed(folder.resolve(NAME), object);
    }

    /**
     * The search of a folder.
     *
     * @throws LstmGpuException with exit code 3 if there is none or it is damaged
     */
    public static SearchRecord read(Path folder) {
        Path file = folder.resolve(NAME);
        if (!RegularFile.exists(file)) {
            throw LstmGpuException.data("%s has no %s, so there is no search to go on with", folder, NAME);
        }
        ObjectNode object = sealed(file);
        new JsonFields(file, object).integer(VERSION, FORMAT_VERSION, FORMAT_VERSION);
        object.remove(VERSION);
        try {
            SearchRecord record = JSON.treeToValue(object, SearchRecord.class);
            if (isWhole(record)) {
                return record;
            }
        } catch (JsonProcessingException | NullPointerException damaged) {
            // Said below.
        }
        throw LstmGpuException.data(
                "%s is damaged; restore it from a copy, or begin the search anew with --overwrite", file);
    }

    /** A run of a search on a line. */
    static String text(Trial trial) throws JsonProcessingException {
        return JSON.writeValueAsString(trial);
    }

    /** What {@link #text} has written. */
    static Trial trial(String text) throws JsonProcessingException {
        return JSON.readValue(text, Trial.class);
    }

    private static ObjectNode sealed(Path file) {
        try {
            return JsonFiles.readSealed(file);
        } catch (LstmGpuException damaged) {
            if (damaged.exitCode() != ExitCode.DATA) {
                throw damaged;
            }
            throw LstmGpuException.data("%s, or begin the search anew with --overwrite", damaged.getMessage());
        }
    }

    private static boolean isWhole(SearchRecord record) {
        List<Trial> trials = record.trials();
        boolean numbered = true;
        for (int i = 0; i < trials.size(); i++) {
            Trial trial = trials.get(i);
            numbered &= trial.run() == i + 1
                    && trial.settings().keySet().equals(record.space().keySet())
                    && !trial.settings().containsValue(null)
                    && trial.status() != null
                    && trial.reason() != null
                    && trial.rungs() <= record.rungs();
        }
        return numbered
                && List.copyOf(record.command()).size() > 0
                && record.lossUnit() != null
                && record.judged() != null
                && record.space().values().stream().noneMatch(List::isEmpty)
                && record.runs() >= 0
                && record.eta() >= 2
                && record.rungs() >= 1
                && record.rungs() <= MOST_RUNGS;
    }
}
