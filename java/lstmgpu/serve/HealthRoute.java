package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Set;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** {@code /health}: whether new requests are answered. */
final class HealthRoute implements Route {
    private final Service service;

    HealthRoute(Service service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/health", "/v1/health");
    }

    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public void answer(Exchange exchange) {
        service.stopping().requireRunning();
        exchange.answer(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
    }
}
