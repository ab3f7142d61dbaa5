package lstmgpu.serve;

import java.util.List;
import java.util.Set;
import lstmgpu.LstmGpuException;
import lstmgpu.generate.TextState;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.serve.http.Route;

/** {@code /v1/completions}: texts are continued. */
final class CompletionRoute implements Route {
    private final Service service;

    CompletionRoute(Service service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/v1/completions", "/completions");
    }

    @Override
    public void answer(Exchange exchange) {
        service.stopping().requireRunning();
        Stopping.Limit limit = service.stopping().limit(service.limits().requestTime());
        JsonBody body = exchange.json();
        try (ServedModel.Lease<OpenedText> lease = service.models().lease(body.text("model"), OpenedText.class)) {
            CompletionRequest request =
                    CompletionRequest.read(body, lease.model().usual(), service.limits());
            if (request.session() == null) {
                TextState from = request.state() == null ? null : state(request.state(), lease.model());
                write(exchange, body, lease, request, from, limit);
                return;
            }
            if (request.state() != null) {
                throw ApiError.invalid("session", "'session' and 'state' both say where the text goes on; choose one");
            }
            goOn(exchange, body, lease, request, limit);
        }
    }

    private void goOn(
            Exchange exchange,
            JsonBody body,
            ServedModel.Lease<OpenedText> lease,
            CompletionRequest request,
            Stopping.Limit limit) {
        try (Sessions<TextState>.Turn turn =
                service.sessions().take(exchange.caller(), lease.name(), request.session())) {
            TextState from = turn.state();
            if (from != null && !from.form().equals(lease.model().form())) {
                turn.keep(null);
                throw new ApiError(
                        ApiError.Kind.CONFLICT,
                        "state_of_other_weights",
                        "session",
                        "the model was replaced since the session '%s' was kept; begin it anew with the whole text"
                                .formatted(request.session()));
            }
            turn.keep(write(exchange, body, lease, request, from, limit));
        }
    }

    private static TextState state(byte[] bytes, OpenedText model) {
        try {
            return TextState.of(bytes, model.form());
        } catch (LstmGpuException unfit) {
            throw ApiError.invalid("state", "'state': %s", unfit.getMessage());
        }
    }

    /** Gives the answer, and where the text is then. */
    private TextState write(
            Exchange exchange,
            JsonBody body,
            ServedModel.Lease<OpenedText> lease,
            CompletionRequest request,
            TextState from,
            Stopping.Limit limit) {
        List<PromptText> prompts = PromptText.read(
                body.node("prompt"),
                lease.model().tokenizer(),
                from != null,
                service.limits().promptTokens());
        if (prompts.size() * request.samples() > service.limits().texts()) {
            throw ApiError.invalid(
                    "n",
                    "'n' for each prompt is %,d texts, and at most %,d are written at a time",
                    prompts.size() * request.samples(),
                    service.limits().texts());
        }
        request.requireRoom(prompts, service.limits().promptTokens());
        if (request.session() != null && prompts.size() * request.samples() != 1) {
            throw ApiError.invalid("session", "a session is one text: give one prompt, and leave out 'n'");
        }
        TokenClock clock = new TokenClock(service.metrics(), lease.name());
        try (CompletionRun run = new CompletionRun(lease.model(), request, prompts, from, limit, clock)) {
            service.metrics().prompt(lease.name(), run.promptTokens());
            CompletionAnswer answer = new CompletionAnswer(lease, request, run);
            if (request.stream()) {
                answer.stream(exchange);
            } else {
                answer.give(exchange);
            }
            return run.state();
        } finally {
            clock.end();
        }
    }
}
