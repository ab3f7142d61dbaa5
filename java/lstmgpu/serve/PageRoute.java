package lstmgpu.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** The pages, from the resources beside this class. */
final class PageRoute implements Route {
    /** The path of each, and what it is. A file that is added gets its line here. */
    private static final Map<String, Page> PAGES = Map.of(
            "/", new Page("index.html", "text/html; charset=utf-8"),
            "/style.css", new Page("style.css", "text/css; charset=utf-8"));

    private record Page(String file, String type) {}

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return PAGES.keySet();
    }

    /** They are the same for everybody; what they ask for afterwards needs the key. */
    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public void answer(Exchange exchange) {
        Page page = PAGES.get(exchange.path());
        try (InputStream in = PageRoute.class.getResourceAsStream("page/" + page.file)) {
            exchange.answer(200, page.type, in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
