package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lstmgpu.serve.http.ApiError;

/** {@code /classify}: the classes of texts. */
final class ClassifyRoute extends ModelRoute<OpenedClassifier> {
    private static final int MOST_TEXTS = 10_000;

    ClassifyRoute(Service service) {
        super(service, OpenedClassifier.class, "/classify", "/v1/classify");
    }

    @Override
    void answer(Asked<OpenedClassifier> asked) {
        List<String> texts = asked.body().texts("texts", MOST_TEXTS);
        if (texts.isEmpty()) {
            throw ApiError.invalid("texts", "'texts' must be a text, or a list of 1 to %,d", MOST_TEXTS);
        }
        double[][] shares = asked.model().classify(texts, asked.limit());
        ObjectNode answer = asked.begin("list");
        ArrayNode data = answer.putArray("data");
        for (int i = 0; i < shares.length; i++) {
            data.add(told(i, shares[i], asked.model().labels()));
        }
        asked.exchange().answer(200, answer);
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
