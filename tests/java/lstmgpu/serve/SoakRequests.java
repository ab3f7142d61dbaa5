package lstmgpu.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the clients of {@link Soak} send: requests with seeds, and rubbish. */
final class SoakRequests {
    static final int DISTINCT = 20;
    static final String HEAD = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] PROMPTS = {"the", "a", "then", "to the", "someone", "no", "at a", "but"};

    private SoakRequests() {}

    /** One of {@link #DISTINCT}: short and long, streamed and not, one text and several. */
    static String body(int index) {
        return "{\"prompt\":\"%s\",\"max_tokens\":%d,\"seed\":%d,\"n\":%d,\"stream\":%b,\"temperature\":%s}"
                .formatted(
                        PROMPTS[index % PROMPTS.length],
                        1 + 11 * (index % 10),
                        1000 + index,
                        1 + index % 3 / 2,
                        index % 2 == 0,
                        index % 5 == 0 ? "0" : "0.9");
    }

    /** A long stream, for clients that vanish or do not read. */
    static String longBody(int index) {
        return "{\"prompt\":\"%s\",\"max_tokens\":500,\"seed\":%d,\"stream\":true,\"logprobs\":5}"
                .formatted(PROMPTS[index % PROMPTS.length], index);
    }

    static byte[] bytes(String body) {
        return (HEAD + "Connection: close\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Half a header, broken JSON, wrong types, a huge length, bytes at random. */
    static byte[] rubbish(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(3000)];
        random.nextBytes(bytes);
        return switch (random.nextInt(8)) {
            case 0 -> HEAD.substring(0, 5 + random.nextInt(HEAD.length() - 5)).getBytes(StandardCharsets.UTF_8);
            case 1 -> bytes("{\"prompt\":\"the\",\"max_tokens\":");
            case 2 -> bytes("{\"prompt\":7.5,\"max_tokens\":\"many\",\"seed\":[]}");
            case 3 -> bytes("{\"prompt\":\"the\",\"n\":-1,\"temperature\":{}}");
            case 4 -> (HEAD + "Content-Length: 99999999999\r\n\r\n{}").getBytes(StandardCharsets.UTF_8);
            case 5 -> (HEAD + "Content-Length: many\r\n\r\n{}").getBytes(StandardCharsets.UTF_8);
            case 6 -> bytes(new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "["));
            default -> bytes;
        };
    }

    /**
     * The texts and how they ended, of an answer with its headers, streamed or not.
     *
     * @throws IOException if the answer is not whole, or tells an error
     */
    static String texts(byte[] answer) throws IOException {
        String all = new String(answer, StandardCharsets.ISO_8859_1);
        int end = all.indexOf("\r\n\r\n");
        if (!all.startsWith("HTTP/1.1 200 ") || end < 0) {
            throw new IOException("the answer is " + (all.isEmpty() ? "empty" : all));
        }
        boolean chunked =
                all.substring(0, end).toLowerCase(java.util.Locale.ROOT).contains("chunked");
        String body = chunked
                ? joined(answer, end + 4)
                : new String(answer, end + 4, answer.length - end - 4, StandardCharsets.UTF_8);
        List<StringBuilder> texts = new ArrayList<>();
        if (body.startsWith("data: ")) {
            if (!body.endsWith("data: [DONE]\n\n")) {
                throw new IOException("the stream ends with " + body.substring(Math.max(0, body.length() - 200)));
            }
            body.lines().filter(line -> line.startsWith("data: {")).forEach(line -> add(texts, line.substring(6)));
        } else {
            add(texts, body);
        }
        return texts.toString();
    }

    private static void add(List<StringBuilder> texts, String json) {
        try {
            JsonNode event = JSON.readTree(json);
            for (JsonNode choice : event.get("choices")) {
                while (texts.size() <= choice.get("index").asInt()) {
                    texts.add(new StringBuilder());
                }
                StringBuilder text = texts.get(choice.get("index").asInt());
                text.append(choice.get("text").asText());
                if (choice.hasNonNull("finish_reason")) {
                    text.append(" (")
                            .append(choice.get("finish_reason").asText())
                            .append(')');
                }
            }
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException("the answer has " + json, broken);
        }
    }

    /** A body that came in chunks. */
    private static String joined(byte[] answer, int start) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = start;
        while (at < answer.length) {
            int line = at;
            while (line < answer.length && answer[line] != '\r') {
                line++;
            }
            int size = Integer.parseInt(new String(answer, at, line - at, StandardCharsets.US_ASCII).strip(), 16);
            if (size == 0) {
                return body.toString(StandardCharsets.UTF_8);
            }
            if (line + 2 + size > answer.length) {
                break;
            }
            body.write(answer, line + 2, size);
            at = line + 2 + size + 2;
        }
        throw new IOException("the answer is cut off after " + body.size() + " bytes");
    }
}
