package lstmgpu.generate;

import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import lstmgpu.backend.RnnState;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.GenerationStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way: its ticket, what was read and written of it, and who hears of it. All but the ticket is for the
 * thread that writes.
 */
final class LaneText implements LaneTicket {
    private static final Logger LOG = LoggerFactory.getLogger(LaneText.class);

    private final LaneRequest request;
    private final LaneListener listener;
    private final WrittenSequence sequence;
    private final int[] tokens;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Runnable waker;
    private volatile boolean cancelled;
    private volatile LaneEnd end;
    private Throwable failure;
    private int left;

    /** @param waker called when a ticket is cancelled */
    LaneText(LaneRequest request, Tokenizer tokenizer, LaneListener listener, Runnable waker) {
        this.request = request;
        this.listener = listener;
        this.waker = waker;
        this.sequence = new WrittenSequence(0, tokenizer, request.settings().stop());
        this.left = request.settings().length();
        boolean begun = request.from() != null && request.from().begun();
        int[] prompt = request.prompt().length == 0 && !begun ? Beginning.tokens(tokenizer) : request.prompt();
        if (begun) {
            sequence.resume(request.from());
        }
        sequence.begin(prompt, left, request.asksForLogprobs());
        this.tokens = begun
                ? IntStream.concat(IntStream.of(request.from().newest()), IntStream.of(prompt))
                        .toArray()
                : prompt;
    }

    LaneRequest request() {
        return request;
    }

    /** What the state is to read, at least one token: the newest of what came before, then the prompt. */
    int[] tokens() {
        return tokens;
    }

    /** The last tokens of the text, for the repeat penalty. */
    int[] recent() {
        return sequence.recent();
    }

    /** The number of the next draw. */
    int draws() {
        int before = request.from() == null ? 0 : request.from().draws();
        return before + request.settings().length() - left;
    }

    /** Tokens that are still to be drawn. */
    int left() {
        return left;
    }

    /** Whether there is no more to do: the text is complete, nobody wants it, or its listener failed. */
    boolean isOver() {
        return left == 0 || sequence.stopped() || cancelled || failure != null;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Takes a drawn token. */
    void add(LaneToken token) {
        left--;
        tell(() -> {
            listener.token(token);
            sequence.add(token.id(), token.logprob(), (_, bytes) -> listener.text(bytes));
        });
    }

    /** Tells the listener something; what it throws ends this request. */
    void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
    }

    LaneListener listener() {
        return listener;
    }

    /** Whether nobody minds tokens that come so many at a time. */
    boolean takes(int count) {
        return left >= count && request.settings().stop().isEmpty() && !request.asksForLogprobs();
    }

    /** Puts the text into a sequence, its h and c being these. */
    void begin(GenerationStep step, int place, RnnState state) {
        step.begin(place, request.settings().sampling(), request.sample(), draws(), state, sequence.recent());
    }

    /** Where the text is, its h and c being these. */
    TextState state(StateForm form, RnnState state) {
        return new TextState(form, state, sequence.recent(), sequence.spelling(), draws());
    }

    /** Ends it as it stands: complete, cancelled or by its listener's failure. */
    void finish(TextState state) {
        if (failure != null) {
            finish(LaneEnd.Reason.FAILED, null, failure);
        } else if (sequence.stopped()) {
            finish(LaneEnd.Reason.STOP, state, null);
        } else {
            finish(left == 0 ? LaneEnd.Reason.LENGTH : LaneEnd.Reason.CANCELLED, state, null);
        }
    }

    void finish(LaneEnd.Reason reason, TextState state, Throwable cause) {
        GeneratedText[] text = new GeneratedText[1];
        tell(() -> text[0] = sequence.finish((_, bytes) -> listener.text(bytes)));
        if (text[0] == null) {
            text[0] = sequence.finish(TextSink.NONE);
        }
        boolean refused = failure != null && reason != LaneEnd.Reason.FAILED;
        end = refused
                ? new LaneEnd(LaneEnd.Reason.FAILED, text[0], null, failure)
                : new LaneEnd(reason, text[0], state, cause);
        try {
            listener.end(end);
        } catch (RuntimeException | Error thrown) {
            LOG.warn("a listener failed at the end of its text", thrown);
        } finally {
            ending.countDown();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        waker.run();
    }

    @Override
    public boolean ended() {
        return end != null;
    }

    @Override
    public LaneEnd await() throws InterruptedException {
        ending.await();
        return end;
    }
}
