package lstmgpu.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.EventStream;
import lstmgpu.serve.http.Exchange;

/** The answer to a request for completions in OpenAI's form, as a whole or as a stream of events. */
final class CompletionAnswer {
    private static final CompletionRun.Reader SILENT = new CompletionRun.Reader() {
        @Override
        public void news(ChoiceText choice) {}

        @Override
        public void pause() {}
    };

    private final ServedModel.Lease<OpenedText> lease;
    private final CompletionRequest request;
    private final CompletionRun run;
    private final String id = "cmpl-" + UUID.randomUUID().toString().replace("-", "");
    private final long created = Instant.now().getEpochSecond();
    private EventStream events;

    CompletionAnswer(ServedModel.Lease<OpenedText> lease, CompletionRequest request, CompletionRun run) {
        this.lease = lease;
        this.request = request;
        this.run = run;
    }

    /** One object, when all texts are complete. */
    void give(Exchange exchange) {
        await(SILENT);
        ObjectNode answer = envelope();
        ArrayNode choices = answer.putArray("choices");
        run.choices().forEach(choice -> choices.add(choice.take()));
        answer.set("usage", usage());
        exchange.answer(200, answer);
    }

    /** An event for each piece of a text; the first is sent when there is something to send. */
    void stream(Exchange exchange) {
        try {
            await(new Streaming(exchange));
            if (request.usageAtEnd()) {
                ObjectNode last = envelope();
                last.putArray("choices");
                last.set("usage", usage());
                events.add(last);
            }
            events.done();
        } catch (ApiError failure) {
            if (events == null) {
                throw failure;
            }
            events.send(failure.body());
        } finally {
            if (events != null) {
                events.close();
            }
        }
    }

    /** Makes events of what comes. */
    private final class Streaming implements CompletionRun.Reader {
        private final Exchange exchange;
        private final PlainEvent[] plain = new PlainEvent[run.choices().size()];

        Streaming(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void news(ChoiceText choice) {
            if (events == null) {
                events = exchange.events();
            }
            if (!choice.isPlain()) {
                events.add(event(choice.take()));
                return;
            }
            int index = choice.index();
            String text = choice.takePlain();
            if (plain[index] == null) {
                plain[index] = PlainEvent.like(event(choice.take()));
            }
            plain[index].add(text, events);
        }

        @Override
        public void pause() {
            if (events != null) {
                events.flush();
            }
        }
    }

    private ObjectNode event(ObjectNode choice) {
        ObjectNode event = envelope();
        event.putArray("choices").add(choice);
        if (request.usageAtEnd()) {
            event.putNull("usage");
        }
        return event;
    }

    private void await(CompletionRun.Reader reader) {
        try {
            run.run(reader);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ApiError(ApiError.Kind.UNAVAILABLE, "stopping", null, "the server is about to end");
        }
    }

    private ObjectNode envelope() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", "text_completion")
                .put("created", created)
                .put("model", lease.name())
                .put("system_fingerprint", lease.model().mark());
    }

    private ObjectNode usage() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", run.promptTokens())
                .put("completion_tokens", run.drawnTokens())
                .put("total_tokens", run.promptTokens() + run.drawnTokens());
    }
}
