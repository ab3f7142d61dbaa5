package lstmgpu.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneRequest;
import lstmgpu.generate.LaneTicket;
import lstmgpu.generate.TextState;
import lstmgpu.serve.http.ApiError;

/** The texts of one request while they are written. Closing it ends those that are not finished. */
final class CompletionRun implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final CompletionInbox inbox = new CompletionInbox();
    private final List<ChoiceText> choices = new ArrayList<>();
    private final List<LaneTicket> tickets = new ArrayList<>();
    private final Stopping.Limit limit;
    private final TokenClock clock;
    private int promptTokens;
    private int drawnTokens;
    private TextState state;

    /**
     * Hands all texts in.
     *
     * @param from where they go on; null where they begin
     * @throws ApiError with status 429 if there is no room for all of them
     */
    CompletionRun(
            OpenedText model,
            CompletionRequest request,
            List<PromptText> prompts,
            TextState from,
            Stopping.Limit limit,
            TokenClock clock) {
        this.limit = limit;
        this.clock = clock;
        try {
            for (PromptText prompt : prompts) {
                promptTokens += prompt.tokens().length;
                for (int sample = 0; sample < request.samples(); sample++) {
                    choices.add(new ChoiceText(choices.size(), prompt, request, model.tokenizer()));
                    LaneRequest asked = new LaneRequest(
                            prompt.tokens(),
                            request.settings(),
                            sample,
                            from,
                            request.logprobs().orElse(0),
                            request.echo() && request.logprobs().isPresent());
                    tickets.add(model.submit(asked, inbox.listener()));
                }
            }
        } catch (RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    /**
     * Waits for the texts.
     *
     * @param news hears of every text of which something is there
     * @throws ApiError if the model fails
     */
    void run(Consumer<ChoiceText> news) throws InterruptedException {
        String cutBy = null;
        while (!choices.stream().allMatch(ChoiceText::ended)) {
            List<CompletionInbox.Piece> pieces =
                    inbox.take(cutBy == null ? Math.min(LOOK_MILLIS, limit.millis()) : LOOK_MILLIS);
            for (CompletionInbox.Piece piece : pieces) {
                take(piece, cutBy, news);
            }
            if (cutBy == null && limit.reached() != null) {
                cutBy = limit.reached();
                close();
            }
        }
    }

    private void take(CompletionInbox.Piece piece, String cutBy, Consumer<ChoiceText> news) {
        ChoiceText choice = choices.get(piece.choice());
        clock.tokens(piece.tokens().size());
        drawnTokens += piece.tokens().size();
        if (piece.end() != null) {
            requireDone(piece.end());
            state = piece.end().state();
        }
        choice.add(piece, cutBy == null ? "stopping" : cutBy);
        if (choice.hasNews()) {
            news.accept(choice);
        }
    }

    private static void requireDone(LaneEnd end) {
        if (end.reason() != LaneEnd.Reason.FAILED) {
            return;
        }
        boolean memory = end.failure() instanceof OutOfMemoryError
                || end.failure() instanceof LstmGpuException known && known.exitCode() == ExitCode.MEMORY;
        throw memory
                ? new ApiError(ApiError.Kind.UNAVAILABLE, "out_of_memory", null, "there is no memory for this text now")
                : new ApiError(ApiError.Kind.FAULT, "model_failed", null, "the model has failed while it wrote");
    }

    List<ChoiceText> choices() {
        return choices;
    }

    int promptTokens() {
        return promptTokens;
    }

    int drawnTokens() {
        return drawnTokens;
    }

    /** Where the text that ended last is; null where that is not known. */
    TextState state() {
        return state;
    }

    @Override
    public void close() {
        tickets.forEach(LaneTicket::cancel);
    }
}
