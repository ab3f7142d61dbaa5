package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.cli.flags.AdaptationFlags;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.generate.DynamicEvaluator;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.NeuralCache;
import lstmgpu.models.InputTokens;
import lstmgpu.network.DynamicEvaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Network;
import lstmgpu.task.Examiner;

/** The figures of {@code eval} by which a language model follows the text that it reads. */
final class FollowedText {
    /**
     * What one way of reading told.
     *
     * @param name as JSON has it
     * @param settings with which it was read
     */
    record Reading(String name, EvaluationResult result, ObjectNode settings) {}

    private final Network network;
    private final Tokenizer tokenizer;
    private final AdaptationFlags flags;
    private final Examiner.Reading reading;

    FollowedText(Network network, Tokenizer tokenizer, AdaptationFlags flags, Examiner.Reading reading) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.flags = flags;
        this.reading = reading;
    }

    List<Reading> read(List<Path> inputs) {
        List<Reading> readings = new ArrayList<>();
        try (TokenFile tokens = InputTokens.of(inputs, tokenizer, reading)) {
            EvaluationText text = EvaluationText.of(tokens, InputFiles.describe(inputs));
            if (flags.dynamic() != null) {
                readings.add(tokens.use(() -> dynamic(text, flags.dynamic())));
            }
            if (flags.cache() != null) {
                NeuralCache cache = flags.tune() == null ? flags.cache() : tuned(flags.tune(), flags.cache());
                readings.add(tokens.use(() -> cached(text, cache)));
            }
        }
        return readings;
    }

    private Reading dynamic(EvaluationText text, DynamicEvaluation.Settings settings) {
        ObjectNode told = JsonLines.object()
                .put("form", flags.learnt() == null ? "sgd" : "rms")
                .put("length", settings.length())
                .put("lr", settings.rate())
                .put("decay", settings.decay());
        if (flags.learnt() == null) {
            return new Reading("dynamic", DynamicEvaluator.evaluate(network, tokenizer, text, settings, null), told);
        }
        told.put("epsilon", settings.epsilon());
        try (TokenFile tokens = InputTokens.of(List.of(flags.learnt()), tokenizer, reading)) {
            EvaluationText learnt = EvaluationText.of(tokens, flags.learnt().toString());
            return tokens.use(() -> new Reading(
                    "dynamic", DynamicEvaluator.evaluate(network, tokenizer, text, settings, learnt), told));
        }
    }

    private NeuralCache tuned(Path file, NeuralCache cache) {
        try (TokenFile tokens = InputTokens.of(List.of(file), tokenizer, reading)) {
            EvaluationText text = EvaluationText.of(tokens, file.toString());
            return tokens.use(() -> NeuralCache.tune(network, tokenizer, text, cache.window()));
        }
    }

    private Reading cached(EvaluationText text, NeuralCache cache) {
        ObjectNode told = JsonLines.object()
                .put("window", cache.window())
                .put("theta", cache.theta())
                .put("lambda", cache.lambda());
        return new Reading("cache", cache.evaluate(network, tokenizer, text), told);
    }
}
