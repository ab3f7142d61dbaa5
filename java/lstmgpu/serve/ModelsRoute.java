package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Set;
import lstmgpu.LstmGpuException;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;
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
            data.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", OpenedModel.created(directory).getEpochSecond())
                    .put("owned_by", "lstm-gpu")
                    .put("task", task);
        } catch (LstmGpuException damaged) {
            // Whoever asks for it by its name is told why.
        }
    }

    private static ObjectNode described(ServedModel model) {
        try (ServedModel.Lease<OpenedModel> lease = model.lease(OpenedModel.class)) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("id", model.name())
                    .put("object", "model")
                    .put("created", lease.model().created().getEpochSecond())
                    .put("owned_by", "lstm-gpu")
                    .put("task", lease.model().task())
                    .put("system_fingerprint", lease.model().mark());
        }
    }
}
