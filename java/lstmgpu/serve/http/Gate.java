package lstmgpu.serve.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every request has to pass before a route sees it, and what every answer says. */
final class Gate {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "OPTIONS");
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final RouteTable routes;
    private final Visitors visitors;
    private final ApiKeys keys;

    Gate(List<Route> routes, Visitors visitors, ApiKeys keys) {
        this.routes = new RouteTable(routes);
        this.visitors = visitors;
        this.keys = keys;
    }

    /** What an exchange lets this one do beyond routes. */
    interface Guarded extends Exchange {
        void setCaller(String caller);
    }

    /** The name under which a request is counted. */
    String name(Exchange exchange) {
        return routes.name(exchange.method(), exchange.path());
    }

    /** @throws ApiError in place of an answer */
    void answer(Guarded exchange) {
        exchange.put("X-Content-Type-Options", "nosniff");
        exchange.put("Cache-Control", "no-store");
        exchange.put("Content-Security-Policy", POLICY);
        exchange.put("Referrer-Policy", "no-referrer");
        Optional<String> origin = visitors.check(exchange.header("Host"), exchange.header("Origin"));
        exchange.put("Cross-Origin-Resource-Policy", origin.isPresent() ? "cross-origin" : "same-origin");
        exchange.put("Vary", "Origin");
        origin.ifPresent(from -> exchange.put("Access-Control-Allow-Origin", from));
        if (!METHODS.contains(exchange.method())) {
            throw new ApiError(
                    ApiError.Kind.METHOD, "method_not_allowed", null, "this server takes GET, HEAD, POST and OPTIONS");
        }
        if (exchange.method().equals("OPTIONS")) {
            // A browser asks before it sends a page's request; it shows no key then.
            exchange.put("Access-Control-Allow-Methods", "GET, POST");
            exchange.put("Access-Control-Allow-Headers", "Authorization, Content-Type");
            exchange.put("Access-Control-Max-Age", "600");
            exchange.answer(204, "text/plain", new byte[0]);
            return;
        }
        Route route;
        try {
            route = routes.find(exchange.method(), exchange.path());
        } catch (ApiError unknown) {
            keys.caller(exchange.header("Authorization")); // whoever has no key learns no paths
            throw unknown;
        }
        if (!route.isPublic()) {
            exchange.setCaller(keys.caller(exchange.header("Authorization")));
        }
        route.answer(exchange);
    }

    /** Headers of every error that leaves a part of the request unread. */
    static Map<String, String> closing(boolean unread) {
        return unread ? Map.of("Connection", "close") : Map.of();
    }
}
