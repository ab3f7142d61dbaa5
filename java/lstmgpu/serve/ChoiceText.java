package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneToken;
import lstmgpu.generate.TextAssembler;

/** One text of an answer, in the form of OpenAI's choices: in parts as it is written, or as a whole. */
final class ChoiceText {
    /** What OpenAI's interface has for a probability of 0, which JSON cannot write the logarithm of. */
    private static final float NEVER = -9999;

    private final int index;
    private final PromptText prompt;
    private final CompletionRequest request;
    private final SpelledTokens spelled;
    private final TextAssembler assembler = new TextAssembler();
    private final StringBuilder text = new StringBuilder();
    private final Deque<Told> waiting = new ArrayDeque<>();
    private ObjectNode logprobs;
    private boolean promptIsTold;
    private int spelledTo;
    private int shownTo;
    private LaneEnd end;
    private String endedBy;

    ChoiceText(int index, PromptText prompt, CompletionRequest request, Tokenizer tokenizer) {
        this.index = index;
        this.prompt = prompt;
        this.request = request;
        this.spelled = new SpelledTokens(tokenizer);
    }

    /** A token whose text is not shown yet: it may turn out to be the beginning of a stop string. */
    private record Told(int offset, String text, LaneToken token, ObjectNode alternatives) {}

    /** @param cutBy what ended it if it had to end early */
    void add(CompletionPiece piece, String cutBy) {
        if (!promptIsTold) {
            promptIsTold = true;
            tellPrompt(piece.prompt());
        }
        String shown = assembler.append(piece.text());
        text.append(shown);
        end = piece.end();
        if (request.logprobs().isPresent()) {
            tell(piece.tokens(), shown.length());
        }
        endedBy = end != null && isCut() ? cutBy : null;
    }

    /** Tells the tokens of the text that is shown, and at the end all but those that a stop string took away. */
    private void tell(List<LaneToken> tokens, int shown) {
        tokens.forEach(token -> waiting.add(told(token)));
        shownTo += shown;
        boolean whole = end != null && end.reason() != LaneEnd.Reason.STOP;
        while (!waiting.isEmpty() && (whole || waiting.getFirst().offset < shownTo)) {
            write(waiting.removeFirst());
        }
    }

    private void tellPrompt(List<LaneToken> tokens) {
        if (request.echo()) {
            text.append(prompt.text());
        }
        if (request.logprobs().isEmpty()) {
            return;
        }
        for (int i = 0; i < prompt.tokens().length; i++) {
            int id = prompt.tokens()[i];
            if (i < prompt.primed()) {
                spelled.next(id);
            } else if (tokens.isEmpty()) {
                spelledTo += spelled.next(id).characters();
            } else {
                write(told(tokens.get(i)));
            }
        }
        spelledTo = prompt.text().length();
        shownTo = spelledTo;
    }

    private Told told(LaneToken token) {
        ObjectNode alternatives = JsonNodeFactory.instance.objectNode();
        for (LaneToken.Alternative other : token.alternatives()) {
            String name = other.id() == token.id() ? null : spelled.instead(other.id());
            if (name != null && !alternatives.has(name)) {
                put(alternatives, name, other.logprob());
            }
        }
        SpelledTokens.Spelled own = spelled.next(token.id());
        int offset = spelledTo + own.before();
        spelledTo += own.characters();
        put(alternatives, own.text(), token.logprob());
        return new Told(offset, own.text(), token, alternatives);
    }

    private static void put(ObjectNode alternatives, String name, float logprob) {
        if (!Float.isNaN(logprob)) {
            alternatives.put(name, Math.max(NEVER, logprob));
        }
    }

    private void write(Told told) {
        if (logprobs == null) {
            logprobs = JsonNodeFactory.instance.objectNode();
            List.of("tokens", "token_logprobs", "top_logprobs", "text_offset").forEach(logprobs::putArray);
        }
        ((ArrayNode) logprobs.get("tokens")).add(told.text);
        ArrayNode own = (ArrayNode) logprobs.get("token_logprobs");
        ArrayNode others = (ArrayNode) logprobs.get("top_logprobs");
        if (Float.isNaN(told.token.logprob())) {
            own.addNull();
            others.addNull();
        } else {
            own.add(Math.max(NEVER, told.token.logprob()));
            others.add(told.alternatives);
        }
        ((ArrayNode) logprobs.get("text_offset")).add(told.offset);
    }

    private boolean isCut() {
        return end.reason() == LaneEnd.Reason.CANCELLED || end.reason() == LaneEnd.Reason.CLOSED;
    }

    /** Whether there is something that {@link #take} has not given yet. */
    boolean hasNews() {
        return !text.isEmpty() || logprobs != null || end != null;
    }

    boolean ended() {
        return end != null;
    }

    /** Whether there is nothing to tell but text. */
    boolean isPlain() {
        return logprobs == null && end == null;
    }

    int index() {
        return index;
    }

    /** The text that has come since the last call, where that is all there is to tell. */
    String takePlain() {
        String plain = text.toString();
        text.setLength(0);
        return plain;
    }

    /** What has come since the last call, as a choice. */
    ObjectNode take() {
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        choice.put("index", index).put("text", text.toString());
        choice.set("logprobs", logprobs);
        choice.put("finish_reason", end == null ? null : end.reason() == LaneEnd.Reason.STOP ? "stop" : "length");
        if (endedBy != null) {
            choice.put("ended_by", endedBy);
        }
        if (end != null && request.wantsState() && end.state() != null) {
            choice.put("state", Base64.getEncoder().encodeToString(end.state().toBytes()));
        }
        text.setLength(0);
        logprobs = null;
        return choice;
    }
}
