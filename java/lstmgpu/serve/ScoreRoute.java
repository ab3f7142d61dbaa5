package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import lstmgpu.LstmGpuException;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneListener;
import lstmgpu.generate.LaneRequest;
import lstmgpu.generate.LaneTicket;
import lstmgpu.generate.LaneToken;
import lstmgpu.models.Unknown;
import lstmgpu.serve.http.ApiError;

/** {@code /score}: how probable a text is, token by token, as {@code lstm-gpu score} tells it. */
final class ScoreRoute extends ModelRoute<OpenedText> {
    ScoreRoute(Service service) {
        super(service, OpenedText.class, "/score", "/v1/score");
    }

    @Override
    void answer(Asked<OpenedText> asked) {
        int[] tokens = tokens(asked.body().text("text"), asked.model());
        service.metrics().prompt(asked.lease().name(), tokens.length);
        ObjectNode answer = asked.begin("score");
        tell(answer, scored(asked.model(), tokens, asked.limit()), asked.model());
        asked.exchange().answer(200, answer);
    }

    private int[] tokens(String text, OpenedText model) {
        if (text == null) {
            throw ApiError.invalid("text", "'text' is missing; give the text that is to be scored");
        }
        int[] tokens;
        try {
            tokens = Unknown.encode(model.tokenizer(), text, "'text'", _ -> {});
        } catch (LstmGpuException unknown) {
            throw ApiError.invalid("text", "%s", unknown.getMessage());
        }
        int most = service.limits().promptTokens();
        if (tokens.length < 2 || tokens.length > most) {
            throw ApiError.invalid(
                    "text",
                    "'text' has %,d tokens, and 2 to %,d are taken: the first is not scored",
                    tokens.length,
                    most);
        }
        return tokens;
    }

    private static List<LaneToken> scored(OpenedText model, int[] tokens, Stopping.Limit limit) {
        CompletableFuture<List<LaneToken>> told = new CompletableFuture<>();
        GenerationSettings nothing = new GenerationSettings(0, 0, 0, 1, 0, true, 1, List.of(), 0, 1, false);
        LaneTicket ticket = model.submit(LaneRequest.of(tokens, nothing).withPromptLogprobs(), new LaneListener() {
            @Override
            public void prompt(List<LaneToken> prompt) {
                told.complete(prompt);
            }

            @Override
            public void end(LaneEnd end) {
                told.complete(null); // ended before it was read
            }
        });
        try {
            List<LaneToken> prompt = Waiting.on(told, limit);
            if (prompt != null) {
                return prompt;
            }
            throw new ApiError(ApiError.Kind.FAULT, "model_failed", null, "the model has failed while it read");
        } finally {
            ticket.cancel();
        }
    }

    private static void tell(ObjectNode answer, List<LaneToken> scored, OpenedText model) {
        double sum = 0;
        ArrayNode tokens = answer.putArray("tokens");
        for (int position = 1; position < scored.size(); position++) {
            LaneToken token = scored.get(position);
            sum += token.logprob();
            tokens.addObject()
                    .put("position", position)
                    .put("id", token.id())
                    .put("token", model.tokenizer().token(token.id()))
                    .put("logprob", token.logprob());
        }
        answer.put("logprob", sum).put("per_token", sum / (scored.size() - 1));
    }
}
