package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.serve.http.Route;

/**
 * Something that models of one kind are asked for by POST: with a JSON object whose {@code model} names one, while the
 * server runs, and for no longer than a request may take.
 */
abstract class ModelRoute<M extends OpenedModel> implements Route {
    final Service service;

    private final Class<M> kind;
    private final Set<String> paths;

    ModelRoute(Service service, Class<M> kind, String... paths) {
        this.service = service;
        this.kind = kind;
        this.paths = Set.of(paths);
    }

    /**
     * A request that has its model, which stays open until it is answered.
     *
     * @param limit of the time for the answer
     */
    record Asked<M extends OpenedModel>(
            Exchange exchange, JsonBody body, ServedModel.Lease<M> lease, Stopping.Limit limit) {
        M model() {
            return lease.model();
        }

        /**
         * The beginning of an answer.
         *
         * @param object what kind of answer it is
         */
        ObjectNode begin(String object) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("object", object)
                    .put("model", lease.name())
                    .put("system_fingerprint", lease.model().mark());
        }
    }

    @Override
    public final String method() {
        return "POST";
    }

    @Override
    public final Set<String> paths() {
        return paths;
    }

    @Override
    public final void answer(Exchange exchange) {
        service.stopping().requireRunning();
        Stopping.Limit limit = service.stopping().limit(service.limits().requestTime());
        JsonBody body = exchange.json();
        try (ServedModel.Lease<M> lease = service.models().lease(body.text("model"), kind)) {
            answer(new Asked<>(exchange, body, lease, limit));
        }
    }

    /** @throws ApiError in place of an answer */
    abstract void answer(Asked<M> asked);
}
