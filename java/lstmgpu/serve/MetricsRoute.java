package lstmgpu.serve;

import java.util.Set;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** {@code /metrics}: figures for Prometheus. */
final class MetricsRoute implements Route {
    private final Service service;

    MetricsRoute(Service service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/metrics");
    }

    @Override
    public void answer(Exchange exchange) {
        exchange.answer(200, Metrics.CONTENT_TYPE, service.metrics().text());
    }
}
