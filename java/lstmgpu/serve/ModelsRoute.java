package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Set;
import lstmgpu.LstmGpuException;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;
import lstmgpu.store.GenerationConfig;
import lstmgpu.store.ModelDirectory;

/** {@code /v1/models}: which models there are; one of them below it. */
final class ModelsRoute implements Route {
    private static final String ONE = "/v1/models/";

    private final Service service;

    ModelsRoute(Service service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/v1/models", "/models", ONE + "*");
    }

    @Override
    public void answer(Exchange exchange) {
        if (exchange.path().startsWith(ONE)) {
            exchange.answer(200, described(service.models().find(exchange.path().substring(ONE.length()))));
            return;
        }
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        service.models().all().forEach(model -> data.add(described(model)));
        service.models().unopened().forEach((name, folder) -> describe(data, name, folder));
        exchange.answer(200, list);
    }

    /** One that is opened when it is asked for; a damaged one is left out. */
    private static void describe(ArrayNode data, String name, Path folder) {
        try {
            ModelDirectory directory = ModelDirectory.open(folder);
            String task = directory.task();
            GenerationConfig usual = OpenedText.isOf(task) ? directory.generationConfig() : null;
            ObjectNode model = JsonNodeFactory.instance
                    .objectNode()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", OpenedModel.created(directory).getEpochSecond())
                    .put("owned_by", "lstm-gpu")
                    .put("task", task);
            data.add(describe(model, usual));
        } catch (LstmGpuException damaged) {
            // Whoever asks for it by its name is told why.
        }
    }

    private static ObjectNode described(ServedModel model) {
        try (ServedModel.Lease<OpenedModel> lease = model.lease(OpenedModel.class)) {
            ObjectNode described = JsonNodeFactory.instance
                    .objectNode()
                    .put("id", model.name())
                    .put("object", "model")
                    .put("created", lease.model().created().getEpochSecond())
                    .put("owned_by", "lstm-gpu")
                    .put("task", lease.model().task())
                    .put("system_fingerprint", lease.model().mark());
            return describe(described, lease.model() instanceof OpenedText text ? text.usual() : null);
        }
    }

    /** Adds how a model's texts are drawn unless a request says otherwise, and how long its texts usually are. */
    private static ObjectNode describe(ObjectNode model, GenerationConfig usual) {
        if (usual != null) {
            model.putObject("generation")
                    .put("temperature", usual.temperature())
                    .put("top_k", usual.topK())
                    .put("top_p", usual.topP())
                    .put("min_p", usual.minP())
                    .put("repeat_penalty", usual.repetitionPenalty())
                    .put("max_tokens", usual.maxNewTokens());
        }
        return model;
    }
}
