package lstmgpu.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.IoErrors;

/** Texts to token files. Needs no more memory for a long text than for a short one, whatever its lines. */
public final class TextFiles {
    private static final int UNKNOWN_NAMES = 1000;

    private TextFiles() {}

    /**
     * The tokens of all inputs in order. They are kept in the cache folder under the hash of the texts and the
     * tokenizer, and made only once; one input of bytes is mapped itself.
     *
     * @throws LstmGpuException with exit code 3 if an input cannot be read, is empty, is not UTF-8 where it has to
     *     be, or changes meanwhile
     */
    public static TokenFile tokenize(TextInputs inputs, Tokenizer tokenizer, TokenizeOptions options) {
        InputFiles.check(inputs.files());
        InputTexts texts = InputTexts.read(inputs);
        TokenFile tokens = null;
        try {
            tokens = isMapped(inputs, tokenizer, options)
                    ? mapBytes(inputs.files().getFirst(), texts)
                    : cached(texts, new TextSource(inputs, options.lines()), tokenizer, options);
            texts.checkUnchanged();
            if (tokens.length() == 0) {
                throw LstmGpuException.data(
                        "%s holds no token of the vocabulary; use a text like the one the model was trained on",
                        inputs.describe());
            }
            return tokens;
        } catch (RuntimeException failure) {
            if (tokens != null) {
                tokens.close();
            }
            throw failure;
        }
    }

    /** As {@link #tokenize(TextInputs, Tokenizer, TokenizeOptions)} of files that are texts. */
    public static TokenFile tokenize(List<Path> inputs, Tokenizer tokenizer, TokenizeOptions options) {
        return tokenize(TextInputs.of(inputs), tokenizer, options);
    }

    private static boolean isMapped(TextInputs inputs, Tokenizer tokenizer, TokenizeOptions options) {
        return tokenizer instanceof ByteTokenizer
                && inputs.files().size() == 1
                && inputs.isAsItIs(inputs.files().getFirst())
                && !options.lines();
    }

    private static TokenFile mapBytes(Path input, InputTexts texts) {
        TextSource.Size size = texts.size();
        try {
            return TokenFile.map(
                    input,
                    new TokenFile.Description(
                            1, size.utf8Bytes(), texts.sha256(), size.characters(), size.utf8Bytes(), Map.of(), 0),
                    new TokenFile.Source(texts, true));
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        } catch (InternalError fault) {
            throw texts.unreachable(fault);
        }
    }

    private static TokenFile cached(InputTexts texts, TextSource source, Tokenizer tokenizer, TokenizeOptions options) {
        TokenCache cache = new TokenCache(options.cacheFolder());
        String key = key(texts, tokenizer, options);
        TokenFile known = cache.find(key, tokenizer.vocabularySize(), texts);
        if (known != null) {
            return known;
        }
        cache.store(key, tokenizer.vocabularySize(), writer -> {
            UnknownTokens unknown = new UnknownTokens(UNKNOWN_NAMES);
            TextSource.Size size = write(source, tokenizer, writer, unknown);
            writer.flush();
            return new TokenFile.Description(
                    TokenFile.bytesPerToken(tokenizer.vocabularySize()),
                    writer.length(),
                    texts.sha256(),
                    size.characters(),
                    size.utf8Bytes(),
                    unknown.counts(),
                    unknown.total());
        });
        TokenFile made = cache.find(key, tokenizer.vocabularySize(), texts);
        if (made == null) {
            throw LstmGpuException.data(
                    "the token file just written to %s cannot be read back; set LSTM_GPU_CACHE to another folder",
                    options.cacheFolder());
        }
        return made;
    }

    private static TextSource.Size write(
            TextSource source, Tokenizer tokenizer, TokenWriter writer, UnknownTokens unknown) throws IOException {
        try {
            return switch (tokenizer) {
                case TextTokenizer text -> source.encode(text.encoder(writer, unknown));
                case ByteTokenizer bytes -> source.copy(writer::accept);
                default -> throw new IllegalArgumentException("no way to stream a " + tokenizer.kind() + " tokenizer");
            };
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private static String key(InputTexts texts, Tokenizer tokenizer, TokenizeOptions options) {
        MessageDigest digest = InputTexts.newSha256();
        String text = "lines=%s %s bytes=%s\n%s"
                .formatted(
                        options.lines() ? "after any line end" : "false",
                        texts.sha256(),
                        texts.list().stream()
                                .map(input -> Long.toString(input.bytes()))
                                .toList(),
                        TokenizerJson.toJson(tokenizer));
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }
}
