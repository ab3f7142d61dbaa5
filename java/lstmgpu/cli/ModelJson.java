package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Moments;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;

/** What {@code inspect} shows, for programs; docs/json.md has the keys. */
final class ModelJson {
    private final ModelDirectory directory;

    ModelJson(ModelDirectory directory) {
        this.directory = directory;
    }

    String line() {
        NetworkConfig config = directory.config();
        ObjectNode model = JsonLines.object().put("task", directory.task());
        model.put("cell", Choices.name(config.cell())).put("layers", config.layers());
        model.put("hidden_size", config.hiddenSize()).put("proj_size", config.projection());
        model.put("bidirectional", config.bidirectional());
        model.put("dropout", config.dropout());
        if (config.zoneout().act()) {
            model.put("zoneout_cell", config.zoneout().cell());
            model.put("zoneout_hidden", config.zoneout().hidden());
        }
        switch (config.input()) {
            case InputPart.Tokens tokens ->
                model.put("tokenizer", directory.inputTokenizer().kind())
                        .put("vocabulary", tokens.vocabularySize())
                        .put("embedding_size", tokens.size());
            case InputPart.Features features -> model.put("features", features.size());
        }
        model.put("head", config.head().toString()).put("outputs", config.head().size());
        model.put("tied_weights", config.tieWeights()).put("parameters", DryRun.parameters(config));
        addTensors(model.putArray("tensors"));
        model.set("run", directory.run());
        addHistory(model.putArray("history"));
        return JsonLines.line(model);
    }

    private void addTensors(ArrayNode tensors) {
        Map<String, Tensor> weights = directory.hasWeights() ? directory.weights() : Map.of();
        weights.forEach((name, tensor) -> {
            Moments moments = Moments.of(tensor.values());
            ObjectNode object = tensors.addObject().put("name", name);
            tensor.shape().forEach(object.putArray("shape")::add);
            object.put("weights", tensor.values().length).put("mean", moments.mean());
            object.put("std", moments.deviation()).put("largest", moments.largest());
        });
    }

    private void addHistory(ArrayNode history) {
        for (MetricsFile.Row row : directory.metrics().rows()) {
            ObjectNode object = history.addObject().put("step", row.step()).put("epoch", row.epoch());
            object.put("training_loss", row.trainLoss()).put("held_out_loss", row.validationLoss());
            object.put("gradient_norm", row.gradientNorm()).put("gradient_norm_max", row.largestGradientNorm());
            object.put("learning_rate", row.learningRate()).put("tokens_per_second", row.tokensPerSecond());
        }
    }
}
