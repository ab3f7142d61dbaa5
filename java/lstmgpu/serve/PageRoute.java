package lstmgpu.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** The pages, from the resources beside this class. */
final class PageRoute implements Route {
    private static final String FIRST = "index.html";

    /** The files, each at its name; the first is at the root too. One that is added gets its place here. */
    private static final List<String> FILES = List.of(
            FIRST,
            "icon.svg",
            "style.css",
            "heat.css",
            "parts.css",
            "runs.css",
            "app.js",
            "chart.js",
            "classify.js",
            "csv.js",
            "dom.js",
            "forecast.js",
            "gates.js",
            "pane.js",
            "run.js",
            "sampling.js",
            "server.js",
            "tokens.js",
            "training.js",
            "write.js");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Stream.concat(Stream.of("/"), FILES.stream().map(file -> "/" + file))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** They are the same for everybody; what they ask for afterwards needs the key. */
    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public void answer(Exchange exchange) {
        String asked = exchange.path().substring(1);
        String file = asked.isEmpty() ? FIRST : asked;
        try (InputStream in = PageRoute.class.getResourceAsStream("page/" + file)) {
            exchange.answer(200, TYPES.get(file.substring(file.lastIndexOf('.') + 1)), in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
