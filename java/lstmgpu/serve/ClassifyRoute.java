package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.serve.http.Route;

/** {@code /classify}: the classes of texts. */
final class ClassifyRoute implements Route {
    private static final int MOST_TEXTS = 10_000;

    private final Service service;

    ClassifyRoute(Service service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/classify", "/v1/classify");
    }

    @Override
    public void answer(Exchange exchange) {
        service.stopping().requireRunning();
        Stopping.Limit limit = service.stopping().limit(service.limits().requestTime());
        JsonBody body = exchange.json();
        try (ServedModel.Lease<OpenedClassifier> lease =
                service.models().lease(body.text("model"), OpenedClassifier.class)) {
            List<String> texts = body.texts("texts", MOST_TEXTS);
            if (texts.isEmpty()) {
                throw ApiError.invalid("texts", "'texts' must be a text, or a list of 1 to %,d", MOST_TEXTS);
            }
            double[][] shares = lease.model().classify(texts, limit);
            ObjectNode answer = JsonNodeFactory.instance
                    .objectNode()
                    .put("object", "list")
                    .put("model", lease.name())
                    .put("system_fingerprint", lease.model().mark());
            ArrayNode data = answer.putArray("data");
            for (int i = 0; i < shares.length; i++) {
                data.add(told(i, shares[i], lease.model().labels()));
            }
            exchange.answer(200, answer);
        }
    }

    private static ObjectNode told(int index, double[] shares, List<String> labels) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("index", index);
        ObjectNode probabilities = JsonNodeFactory.instance.objectNode();
        int best = 0;
        for (int i = 0; i < shares.length; i++) {
            best = shares[i] > shares[best] ? i : best;
            probabilities.put(labels.get(i), shares[i]);
        }
        object.put("label", labels.get(best)).set("probabilities", probabilities);
        return object;
    }
}
