package lstmgpu.serve;

import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.generate.TextState;
import lstmgpu.serve.http.ApiError;

/** {@code /v1/completions}: texts are continued. */
final class CompletionRoute extends ModelRoute<OpenedText> {
    CompletionRoute(Service service) {
        super(service, OpenedText.class, "/v1/completions", "/completions");
    }

    @Override
    void answer(Asked<OpenedText> asked) {
        CompletionRequest request =
                CompletionRequest.read(asked.body(), asked.model().usual(), service.limits());
        if (request.session() == null) {
            TextState from = request.state() == null ? null : state(request.state(), asked.model());
            write(asked, request, from);
            return;
        }
        if (request.state() != null) {
            throw ApiError.invalid("session", "'session' and 'state' both say where the text goes on; choose one");
        }
        goOn(asked, request);
    }

    private void goOn(Asked<OpenedText> asked, CompletionRequest request) {
        try (Sessions<TextState>.Turn turn =
                service.sessions().take(asked.exchange().caller(), asked.lease().name(), request.session())) {
            TextState from = turn.state();
            if (from != null && !from.form().equals(asked.model().form())) {
                turn.keep(null);
                throw new ApiError(
                        ApiError.Kind.CONFLICT,
                        "state_of_other_weights",
                        "session",
                        "the model was replaced since the session '%s' was kept; begin it anew with the whole text"
                                .formatted(request.session()));
            }
            turn.keep(write(asked, request, from));
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
    private TextState write(Asked<OpenedText> asked, CompletionRequest request, TextState from) {
        List<PromptText> prompts = PromptText.read(
                asked.body().node("prompt"),
                asked.model().tokenizer(),
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
        TokenClock clock = new TokenClock(service.metrics(), asked.lease().name());
        try (CompletionRun run = new CompletionRun(asked.model(), request, prompts, from, asked.limit(), clock)) {
            service.metrics().prompt(asked.lease().name(), run.promptTokens());
            CompletionAnswer answer = new CompletionAnswer(asked.lease(), request, run);
            if (request.stream()) {
                answer.stream(asked.exchange());
            } else {
                answer.give(asked.exchange());
            }
            return run.state();
        } finally {
            clock.end();
        }
    }
}
