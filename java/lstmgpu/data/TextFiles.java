package lstmgpu.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

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
    public static TokenFile tokenize(List<Path> inputs, Tokenizer tokenizer, TokenizeOptions options) {
        InputFiles.check(inputs);
        List<Stamp> before = stamps(inputs);
        TextSource source = new TextSource(inputs, options.lines());
        MessageDigest digest = sha256();
        TextSource.Size size = hash(inputs, digest);
        String hash = HexFormat.of().formatHex(digest.digest());
        TokenFile tokens = null;
        try {
            tokens = tokenizer instanceof ByteTokenizer && inputs.size() == 1 && !options.lines()
                    ? mapBytes(inputs.getFirst(), hash, size)
                    : cached(before, source, tokenizer, options, hash);
            if (!before.equals(stamps(inputs))) {
                throw LstmGpuException.data("%s changed while it was read; start again", InputFiles.describe(inputs));
            }
            if (tokens.length() == 0) {
                throw LstmGpuException.data(
                        "%s holds no token of the vocabulary; use a text like the one the model was trained on",
                        InputFiles.describe(inputs));
            }
            return tokens;
        } catch (RuntimeException failure) {
            if (tokens != null) {
                tokens.close();
            }
            throw failure;
        }
    }

    /** What shows that a file was changed. */
    private record Stamp(long bytes, FileTime modified) {}

    private static List<Stamp> stamps(List<Path> inputs) {
        List<Stamp> stamps = new ArrayList<>();
        for (Path input : inputs) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(input, BasicFileAttributes.class);
                stamps.add(new Stamp(attributes.size(), attributes.lastModifiedTime()));
            } catch (IOException failure) {
                throw IoErrors.unreadable(input, failure);
            }
        }
        return stamps;
    }

    private static TextSource.Size hash(List<Path> inputs, MessageDigest digest) {
        try {
            return new TextSource(inputs, false).copy((block, length) -> digest.update(block, 0, length));
        } catch (IOException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s cannot be read: %s".formatted(InputFiles.describe(inputs), IoErrors.reason(failure)),
                    failure);
        }
    }

    private static TokenFile mapBytes(Path input, String hash, TextSource.Size size) {
        try {
            return TokenFile.map(
                    input,
                    new TokenFile.Description(
                            1, size.utf8Bytes(), hash, size.characters(), size.utf8Bytes(), Map.of(), 0));
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    private static TokenFile cached(
            List<Stamp> stamps, TextSource source, Tokenizer tokenizer, TokenizeOptions options, String hash) {
        TokenCache cache = new TokenCache(options.cacheFolder());
        String key = key(stamps, tokenizer, options, hash);
        TokenFile known = cache.find(key, tokenizer.vocabularySize());
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
                    hash,
                    size.characters(),
                    size.utf8Bytes(),
                    unknown.counts(),
                    unknown.total());
        });
        TokenFile made = cache.find(key, tokenizer.vocabularySize());
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

    private static String key(List<Stamp> stamps, Tokenizer tokenizer, TokenizeOptions options, String hash) {
        MessageDigest digest = sha256();
        String text = "lines=%s %s bytes=%s\n%s"
                .formatted(
                        options.lines(),
                        hash,
                        stamps.stream()
                                .map(stamp -> Long.toString(stamp.bytes()))
                                .toList(),
                        TokenizerJson.toJson(tokenizer));
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
