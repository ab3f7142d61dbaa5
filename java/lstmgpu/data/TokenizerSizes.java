package lstmgpu.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Counts what a {@code tokenizer.json} holds before any of it is kept, so that no file fills the memory. */
final class TokenizerSizes {
    /** The largest vocabularies that people use have not half as many. */
    static final int MOST_TOKENS = 2_000_000;

    /** The same token may be joined from several pairs; SentencePiece's files list some five for each. */
    private static final int PAIRS_A_TOKEN = 16;

    private static final int VALUES_A_TOKEN = 4;
    private static final int VALUES_AN_ADDED_TOKEN = 32;
    private static final int VALUES_ELSEWHERE = 100_000;
    private static final int LONGEST_TOKEN = 10_000;
    private static final long CHARACTERS = 1 << 20;

    /**
     * What may become of a file that stands alone. Of the files of large models that people use, the largest has half.
     */
    private static final long HEAP = 220L << 20;

    /** As much for every token that a configuration tells of beside it, whose weights are there too. */
    private static final long HEAP_A_TOKEN = 512;

    // Bytes on the heap, measured: of what the reader makes of a value, and of what becomes of it in the tokenizer.
    private static final int HEAP_A_LIST = 110;
    private static final int HEAP_A_FIELD = 100;
    private static final int HEAP_A_TEXT = 72;
    private static final int HEAP_A_NUMBER = 24;

    private static final long CHARACTERS_A_TOKEN = 256;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final JsonParser in;
    private final int mostTokens;
    private long heap;

    private TokenizerSizes(JsonParser in, int mostTokens) {
        this.in = in;
        this.mostTokens = mostTokens;
        this.heap = HEAP + (mostTokens < MOST_TOKENS ? HEAP_A_TOKEN * mostTokens : 0);
    }

    /**
     * @throws IllegalArgumentException that says what there is too much of
     * @throws IOException if it is no JSON, or something comes behind it
     */
    static void check(byte[] file, int mostTokens) throws IOException {
        try (JsonParser in = JSON.createParser(file)) {
            new TokenizerSizes(in, mostTokens).check();
        }
    }

    private void check() throws IOException {
        if (in.nextToken() == JsonToken.START_OBJECT) {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "model" -> checkModel();
                    case "added_tokens" -> check(field, mostTokens, VALUES_AN_ADDED_TOKEN);
                    default -> check(shortened(field), VALUES_ELSEWHERE, 1);
                }
            }
        } else if (in.currentToken() != null) {
            check("the file", VALUES_ELSEWHERE, 1);
        }
        if (in.nextToken() != null) {
            throw new IllegalArgumentException("there is something behind the end of the object");
        }
    }

    private void checkModel() throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            check("model", VALUES_ELSEWHERE, 1);
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = "model." + shortened(in.currentName());
            in.nextToken();
            switch (field) {
                case "model.vocab" -> check(field, mostTokens, VALUES_A_TOKEN);
                case "model.merges" -> check(field, (long) PAIRS_A_TOKEN * mostTokens, VALUES_A_TOKEN);
                default -> check(field, VALUES_ELSEWHERE, 1);
            }
        }
    }

    /** Reads the value that begins here to its end: it may have so many entries of so many values each. */
    private void check(String field, long mostEntries, int values) throws IOException {
        long mostValues = values * mostEntries + VALUES_ELSEWHERE;
        long mostCharacters = CHARACTERS + CHARACTERS_A_TOKEN * mostEntries;
        long entries = 0;
        long count = 0;
        long characters = 0;
        int depth = 0;
        boolean isObject = in.currentToken() == JsonToken.START_OBJECT;
        boolean isTokens = values > 1;
        do {
            JsonToken token = in.currentToken();
            if (token == null) {
                return; // The next call for a token says where the text ends too early.
            }
            depth -= token.isStructEnd() ? 1 : 0;
            entries += depth == 1 && !token.isStructEnd() && isObject == (token == JsonToken.FIELD_NAME) ? 1 : 0;
            depth += token.isStructStart() ? 1 : 0;
            count++;
            take(field, token);
            if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
                characters += in.getTextLength();
                checkLength(field, isTokens);
            }
            if (isTokens && entries > mostEntries || count > mostValues || characters > mostCharacters) {
                throw tooMuch(field, mostEntries);
            }
        } while (depth > 0 && in.nextToken() != null);
    }

    /** Counts what will be made of this token of JSON, so that lists of nothing cost what they cost. */
    private void take(String field, JsonToken token) throws IOException {
        heap -= switch (token) {
            case START_ARRAY, START_OBJECT -> HEAP_A_LIST;
            case FIELD_NAME -> HEAP_A_FIELD + in.getTextLength();
            case VALUE_STRING -> HEAP_A_TEXT + in.getTextLength();
            case END_ARRAY, END_OBJECT -> 0;
            default -> HEAP_A_NUMBER;
        };
        if (heap < 0) {
            throw new IllegalArgumentException(
                    "%s makes the file take more memory than any tokenizer needs, %,d MB".formatted(field, HEAP >> 20));
        }
    }

    private void checkLength(String field, boolean isToken) throws IOException {
        if (isToken && in.getTextLength() > LONGEST_TOKEN * (field.equals("model.merges") ? 2 : 1)) {
            throw new IllegalArgumentException("a token in %s has %,d characters, which is more than %,d"
                    .formatted(field, in.getTextLength(), LONGEST_TOKEN));
        }
    }

    private IllegalArgumentException tooMuch(String field, long mostEntries) {
        String most = mostTokens < MOST_TOKENS
                ? "the %,d tokens of config.json allow; both files must come from the same run".formatted(mostTokens)
                : "any tokenizer needs, %,d entries".formatted(mostEntries);
        return new IllegalArgumentException("%s holds more than %s".formatted(field, most));
    }

    private static String shortened(String field) {
        return WordSplitter.shortened(field);
    }
}
