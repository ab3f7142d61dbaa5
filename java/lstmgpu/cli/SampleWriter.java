package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lstmgpu.generate.GeneratedText;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.TextSink;

/** Writes samples to standard output: at once, when they are complete, or as JSON. */
abstract class SampleWriter implements TextSink {
    final Console console;

    private SampleWriter(Console console) {
        this.console = console;
    }

    /**
     * @param echo what comes before every sample
     */
    static SampleWriter of(
            GenerateCommand.OutputFlags output, GenerationSettings settings, String echo, Console console) {
        if (output.format == GenerateCommand.Format.JSONL) {
            return new Json(settings, echo, console);
        }
        boolean one = settings.numSamples() == 1;
        return one && !output.noStream ? new Stream(echo, console) : new Whole(echo, console);
    }

    abstract void finish(List<GeneratedText> samples);

    /** One text as it grows. */
    private static final class Stream extends SampleWriter {
        private boolean empty;
        private boolean ended = true;

        Stream(String echo, Console console) {
            super(console);
            empty = echo.isEmpty();
            console.print(echo);
        }

        @Override
        public void accept(int sample, String text) {
            console.print(text);
            console.flush();
            empty = false;
            ended = text.endsWith("\n");
        }

        @Override
        void finish(List<GeneratedText> samples) {
            if (!empty && !ended) {
                console.print("\n");
            }
            console.flush();
        }
    }

    /** Every text when all are complete, with a line between them. */
    private static final class Whole extends SampleWriter {
        private final String echo;

        Whole(String echo, Console console) {
            super(console);
            this.echo = echo;
        }

        @Override
        public void accept(int sample, String text) {}

        @Override
        void finish(List<GeneratedText> samples) {
            for (int i = 0; i < samples.size(); i++) {
                String text = echo + samples.get(i).text();
                if (samples.size() > 1) {
                    console.print("--- %d ---\n".formatted(i + 1));
                }
                console.print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
            }
            console.flush();
        }
    }

    /** One JSON object a text. */
    private static final class Json extends SampleWriter {
        private final GenerationSettings settings;
        private final String echo;

        Json(GenerationSettings settings, String echo, Console console) {
            super(console);
            this.settings = settings;
            this.echo = echo;
        }

        @Override
        public void accept(int sample, String text) {}

        @Override
        void finish(List<GeneratedText> samples) {
            for (GeneratedText sample : samples) {
                ObjectNode object = JsonLines.object().put("text", echo + sample.text());
                ArrayNode tokens = object.putArray("tokens");
                for (int token : sample.tokens()) {
                    tokens.add(token);
                }
                object.put("seed", settings.seed());
                if (settings.logprobs()) {
                    ArrayNode logprobs = object.putArray("logprobs");
                    for (float logprob : sample.logprobs()) {
                        logprobs.add(logprob);
                    }
                }
                console.print(JsonLines.line(object) + "\n");
            }
            console.flush();
        }
    }
}
