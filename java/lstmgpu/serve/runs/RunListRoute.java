package lstmgpu.serve.runs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** {@code GET /runs}: which runs there are and how far each is. */
public final class RunListRoute implements Route {
    private final Runs runs;

    public RunListRoute(Runs runs) {
        this.runs = runs;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/runs");
    }

    @Override
    public void answer(Exchange exchange) {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        runs.all().stream().map(WatchedRun::look).filter(RunView::isRun).forEach(run -> data.add(run.summary()));
        exchange.answer(200, list);
    }
}
