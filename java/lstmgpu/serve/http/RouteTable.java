package lstmgpu.serve.http;

import java.util.List;
import java.util.TreeSet;

/** Finds the route of a request. */
final class RouteTable {
    private static final String BELOW = "/*";

    private final List<Route> routes;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /**
     * @throws ApiError with status 404 for an unknown path, 405 for one that takes another method
     */
    Route find(String method, String path) {
        String asked = method.equals("HEAD") ? "GET" : method;
        TreeSet<String> others = new TreeSet<>();
        for (Route route : routes) {
            if (route.paths().stream().anyMatch(own -> matches(own, path))) {
                if (route.method().equals(asked)) {
                    return route;
                }
                others.add(route.method());
            }
        }
        if (others.isEmpty()) {
            throw new ApiError(
                    ApiError.Kind.NOT_FOUND,
                    "unknown_route",
                    null,
                    "there is nothing at %s %s".formatted(method, path));
        }
        throw new ApiError(
                ApiError.Kind.METHOD,
                "method_not_allowed",
                null,
                "%s takes %s, not %s".formatted(path, String.join(" and ", others), method));
    }

    /** What is counted under one name, however many paths clients make up. */
    String name(String method, String path) {
        try {
            Route route = find(method, path);
            return route.paths().stream()
                    .filter(own -> matches(own, path))
                    .findFirst()
                    .orElseThrow();
        } catch (ApiError none) {
            return "other";
        }
    }

    private static boolean matches(String own, String path) {
        return own.endsWith(BELOW) ? path.startsWith(own.substring(0, own.length() - 1)) : own.equals(path);
    }
}
