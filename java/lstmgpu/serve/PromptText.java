package lstmgpu.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.TextAssembler;
import lstmgpu.models.Unknown;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.JsonBody;

/**
 * A prompt in a model's tokens.
 *
 * @param text as the client gave it, or what its tokens spell
 * @param tokens to read, with the line's end that a text begins after
 * @param primed how many of them, at the beginning, stand for that line's end and are none of the client's
 */
@SuppressWarnings("ArrayRecordComponent")
record PromptText(String text, int[] tokens, int primed) {
    private static final String FIELD = "prompt";
    private static final int MOST = 256;

    /**
     * The prompts of a request: a text, several, the tokens of one, or of several; one empty text where the field is
     * missing.
     *
     * @param goesOn whether they go on with a text, rather than begin one
     * @param longest tokens of all together
     * @throws ApiError with status 400 if the field is something else, too long, or holds what the model cannot read
     */
    static List<PromptText> read(JsonNode prompt, Tokenizer tokenizer, boolean goesOn, int longest) {
        List<PromptText> prompts = new ArrayList<>();
        if (prompt == null) {
            prompts.add(of("", tokenizer, goesOn));
        } else if (prompt.isTextual()) {
            prompts.add(of(JsonBody.text(FIELD, prompt), tokenizer, goesOn));
        } else if (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isNumber()) {
            prompts.add(ofTokens(prompt, tokenizer));
        } else if (prompt.isArray() && !prompt.isEmpty() && prompt.size() <= MOST) {
            prompt.forEach(one -> prompts.add(
                    one.isArray() ? ofTokens(one, tokenizer) : of(JsonBody.text(FIELD, one), tokenizer, goesOn)));
        } else {
            throw ApiError.invalid(
                    FIELD,
                    "'prompt' must be a text, a list of 1 to %d texts, or tokens, not %s",
                    MOST,
                    JsonBody.shown(prompt));
        }
        long tokens = prompts.stream().mapToLong(one -> one.tokens.length).sum();
        if (tokens > longest) {
            throw ApiError.invalid(FIELD, "'prompt' has %,d tokens, and at most %,d are taken", tokens, longest);
        }
        return prompts;
    }

    private static PromptText of(String text, Tokenizer tokenizer, boolean goesOn) {
        String before = goesOn ? "" : Beginning.text(tokenizer);
        int[] tokens;
        try {
            tokens = Unknown.encode(tokenizer, before + text, "'prompt'", _ -> {});
        } catch (LstmGpuException unknown) {
            throw ApiError.invalid(FIELD, "%s", unknown.getMessage());
        }
        if (tokens.length == 0 && !goesOn) {
            tokens = Beginning.tokens(tokenizer);
            return new PromptText(text, tokens, tokens.length);
        }
        return new PromptText(text, tokens, primed(tokens, before, tokenizer));
    }

    /** The tokens whose text is no more than what stands before the client's. */
    private static int primed(int[] tokens, String before, Tokenizer tokenizer) {
        int bytes = before.getBytes(StandardCharsets.UTF_8).length;
        Tokenizer.Decoder decoder = tokenizer.decoder();
        int count = 0;
        while (count < tokens.length && bytes > 0) {
            bytes -= decoder.next(tokens[count]).length;
            count += bytes >= 0 ? 1 : 0;
        }
        return count;
    }

    private static PromptText ofTokens(JsonNode list, Tokenizer tokenizer) {
        int[] tokens = new int[list.size()];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Tokenizer.Decoder decoder = tokenizer.decoder();
        for (int i = 0; i < tokens.length; i++) {
            JsonNode token = list.get(i);
            int most = tokenizer.vocabularySize() - 1;
            if (!token.isIntegralNumber()
                    || !token.canConvertToInt()
                    || token.intValue() < 0
                    || token.intValue() > most) {
                throw ApiError.invalid(
                        FIELD, "'prompt' must hold tokens from 0 to %,d, not %s", most, JsonBody.shown(token));
            }
            tokens[i] = token.intValue();
            bytes.writeBytes(decoder.next(tokens[i]));
        }
        return new PromptText(new TextAssembler().append(bytes.toByteArray()), tokens, 0);
    }
}
