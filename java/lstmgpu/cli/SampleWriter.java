package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
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
            GenerateCommand.OutputFlags output,
            GenerationSettings settings,
            byte[] echo,
            Tokenizer tokenizer,
            Console console) {
        if (output.format == GenerateCommand.Format.JSONL) {
            return new Json(settings, echo, tokenizer instanceof ByteTokenizer, console);
        }
        boolean one = settings.numSamples() == 1;
        return one && !output.noStream ? new Stream(echo, console) : new Whole(echo, console);
    }

    abstract void finish(List<GeneratedText> samples);

    private static boolean endsLine(byte[] bytes) {
        return bytes[bytes.length - 1] == '\n';
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** One text as it grows. */
    private static final class Stream extends SampleWriter {
        private boolean empty;
        private boolean ended = true;

        Stream(byte[] echo, Console console) {
            super(console);
            empty = echo.length == 0;
            console.print(echo);
        }

        @Override
        public void accept(int sample, byte[] bytes) {
            console.print(bytes);
            console.flush();
            empty = false;
            ended = endsLine(bytes);
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
        private final byte[] echo;

        Whole(byte[] echo, Console console) {
            super(console);
            this.echo = echo;
        }

        @Override
        public void accept(int sample, byte[] bytes) {}

        @Override
        void finish(List<GeneratedText> samples) {
            for (int i = 0; i < samples.size(); i++) {
                byte[] bytes = joined(echo, samples.get(i).bytes());
                if (samples.size() > 1) {
                    console.print("--- %d ---\n".formatted(i + 1));
                }
                console.print(bytes);
                console.print(bytes.length == 0 || endsLine(bytes) ? "" : "\n");
            }
            console.flush();
        }
    }

    /** One JSON object a text. */
    private static final class Json extends SampleWriter {
        private final GenerationSettings settings;
        private final byte[] echo;
        private final boolean anyBytes;

        Json(GenerationSettings settings, byte[] echo, boolean anyBytes, Console console) {
            super(console);
            this.settings = settings;
            this.echo = echo;
            this.anyBytes = anyBytes;
        }

        @Override
        public void accept(int sample, byte[] bytes) {}

        @Override
        void finish(List<GeneratedText> samples) {
            for (GeneratedText sample : samples) {
                ObjectNode object =
                        JsonLines.object().put("text", new String(echo, StandardCharsets.UTF_8) + sample.text());
                if (anyBytes) {
                    object.put("base64", Base64.getEncoder().encodeToString(joined(echo, sample.bytes())));
                }
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
