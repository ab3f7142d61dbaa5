package lstmgpu.store;

import java.nio.file.Path;
import java.util.List;

/** What lies in a model directory, by its name there; {@code docs/model-format.md} describes each. */
enum ModelFile {
    CONFIG("config.json"),
    WEIGHTS("model.safetensors"),
    TOKENIZER("tokenizer.json"),
    CLASSIFIER("classifier.json"),
    GENERATION("generation_config.json"),
    FORECAST("forecast.json"),
    METRICS("metrics.csv"),
    CHART("loss.svg"),
    PICTURE("loss.png"),
    SAMPLES("samples.txt"),
    RUN("run.json"),
    /** A folder. */
    CHECKPOINTS("checkpoints"),
    /** A folder. */
    EVENTS("tensorboard");

    /** All that are no folders. */
    static final List<ModelFile> FILES = List.of(
            CONFIG, WEIGHTS, TOKENIZER, CLASSIFIER, GENERATION, FORECAST, METRICS, CHART, PICTURE, SAMPLES, RUN);

    /** Those that the weights know by their check sums. */
    static final List<String> SEALED = List.of(CONFIG.name, TOKENIZER.name, CLASSIFIER.name);

    /** Those that decide what a trained model answers. */
    static final List<ModelFile> ANSWERING = List.of(CONFIG, WEIGHTS, TOKENIZER, CLASSIFIER, GENERATION, FORECAST);

    static final List<ModelFile> CHARTS = List.of(CHART, PICTURE);

    private final String name;

    ModelFile(String name) {
        this.name = name;
    }

    static ModelFile named(String name) {
        return FILES.stream().filter(file -> file.name.equals(name)).findFirst().orElseThrow();
    }

    Path in(Path folder) {
        return folder.resolve(name);
    }

    /** The name of the file. */
    @Override
    public String toString() {
        return name;
    }
}
