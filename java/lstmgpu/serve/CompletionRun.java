package lstmgpu.serve;

import java.util.ArrayList;
import java.util.List;
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

    private final OpenedText model;
    private final Pace pace;
    private final CompletionInbox inbox;
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
        this.model = model;
        this.pace = request.stream() ? Pace.ofStream() : Pace.ofWhole();
        this.inbox = new CompletionInbox(request.logprobs().isPresent());
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

    /** Hears of the texts. */
    interface Reader {
        /** Something is there of this one; of what comes together all is told first. */
        void news(ChoiceText choice);

        /** This was all that is there now. */
        void pause();
    }

    /**
     * Waits for the texts, of a stream as {@link Pace} says.
     *
     * @throws ApiError if the model fails
     */
    void run(Reader reader) throws InterruptedException {
        String cutBy = null;
        while (!choices.stream().allMatch(ChoiceText::ended)) {
            long longest = cutBy == null ? Math.min(LOOK_MILLIS, limit.millis()) : LOOK_MILLIS;
            List<CompletionPiece> pieces = inbox.take(pace.notBefore(), longest);
            if (!pieces.isEmpty()) {
                take(pieces, cutBy == null ? "stopping" : cutBy, reader);
                pace.left(System.nanoTime(), model.running());
            }
            if (cutBy == null && limit.reached() != null) {
                cutBy = limit.reached();
                close();
            }
        }
    }

    private void take(List<CompletionPiece> pieces, String cutBy, Reader reader) {
        int drawn = pieces.stream().mapToInt(CompletionPiece::drawn).sum();
        clock.tokens(drawn);
        drawnTokens += drawn;
        for (CompletionPiece piece : pieces) {
            ChoiceText choice = choices.get(piece.choice());
            if (piece.end() != null) {
                requireDone(piece.end());
                state = piece.end().state();
            }
            choice.add(piece, cutBy);
            if (choice.hasNews()) {
                reader.news(choice);
            }
        }
        reader.pause();
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
