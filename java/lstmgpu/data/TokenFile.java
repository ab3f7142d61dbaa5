package lstmgpu.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.files.RegularFile;

/**
 * The whole text of all inputs as tokens, mapped into memory: it takes address space, and pages that the system may
 * drop.
 */
public final class TokenFile implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment tokens;
    private final Description description;
    private final Source source;

    /**
     * What a token file says of itself.
     *
     * @param length number of tokens
     * @param sha256 of the inputs' bytes one after the other
     * @param characters of the text, whether or not the vocabulary has them
     * @param utf8Bytes of the text
     * @param unknown what the vocabulary lacks and how often it came: the first of them in order of appearance
     * @param unknownTotal how often anything came that the vocabulary lacks
     */
    record Description(
            int bytesPerToken,
            long length,
            String sha256,
            long characters,
            long utf8Bytes,
            Map<String, Long> unknown,
            long unknownTotal) {}

    /**
     * Where the tokens come from.
     *
     * @param mapped whether the tokens are the bytes of the input itself, which must not change as long as they are
     *     used
     */
    record Source(InputTexts inputs, boolean mapped) {}

    private TokenFile(Arena arena, MemorySegment tokens, Description description, Source source) {
        this.arena = arena;
        this.tokens = tokens;
        this.description = description;
        this.source = source;
    }

    /** Maps the front of a file; its length must have been checked. */
    static TokenFile map(Path path, Description description, Source source) throws IOException {
        try (FileChannel channel = RegularFile.read(path)) {
            return map(channel, description, source);
        }
    }

    /** As {@link #map(Path, Description, Source)} of a file that is open. */
    static TokenFile map(FileChannel channel, Description description, Source source) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            long bytes = Math.multiplyExact(description.length(), description.bytesPerToken());
            MemorySegment tokens = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
            return new TokenFile(arena, tokens, description, source);
        } catch (IOException | RuntimeException failure) {
            arena.close();
            throw failure;
        }
    }

    /** How many bytes a token of that vocabulary takes: 1, 2 or 4. */
    static int bytesPerToken(int vocabularySize) {
        return vocabularySize <= 1 << 8 ? 1 : vocabularySize <= 1 << 16 ? 2 : 4;
    }

    /** All tokens, little-endian, unsigned; good until {@link #close}. */
    public MemorySegment tokens() {
        return tokens;
    }

    /**
     * Counts every token.
     *
     * @param counts a place for each token that there is; what is counted is added
     */
    public void count(long[] counts) {
        for (long i = 0; i < length(); i++) {
            counts[token(i)]++;
        }
    }

    /** 1, 2 or 4. */
    public int bytesPerToken() {
        return description.bytesPerToken();
    }

    /** Number of tokens. */
    public long length() {
        return description.length();
    }

    /**
     * SHA-256 of the inputs' bytes one after the other, in hexadecimal digits; of one input, what {@code sha256sum}
     * prints.
     */
    public String sha256() {
        return description.sha256();
    }

    /** Unicode characters of the text, whether or not the vocabulary has them; of what is no UTF-8, about. */
    public long characters() {
        return description.characters();
    }

    /** Bytes of the text in UTF-8, without byte-order marks where those are left out. */
    public long utf8Bytes() {
        return description.utf8Bytes();
    }

    /**
     * What the vocabulary lacks and how often it came, the first thousand in order of appearance. Where the vocabulary
     * has {@code <unk>} that token stands in their place, otherwise they were left out.
     */
    public Map<String, Long> unknown() {
        return description.unknown();
    }

    /** How often anything came that the vocabulary lacks. */
    public long unknownTotal() {
        return description.unknownTotal();
    }

    /** What the text was made of. */
    public InputTexts inputs() {
        return source.inputs();
    }

    /**
     * What has to stay as it is while the tokens are used: the input, where its own bytes are the tokens, otherwise
     * nothing.
     */
    public InputTexts mapped() {
        return source.mapped() ? source.inputs() : InputTexts.NONE;
    }

    /**
     * Works with the tokens.
     *
     * @throws LstmGpuException with exit code 3 if the input they are mapped from changes meanwhile
     */
    public <R> R use(Supplier<R> work) {
        try {
            R result = work.get();
            mapped().checkUnchanged();
            return result;
        } catch (InternalError fault) {
            throw inputs().unreachable(fault);
        }
    }

    /** As {@link #use(Supplier)}. */
    public void use(Runnable work) {
        use(() -> {
            work.run();
            return null;
        });
    }

    /** Tokens {@code [from, from + length)}; good until {@link #close}. */
    public MemorySegment slice(long from, long length) {
        return tokens.asSlice(from * bytesPerToken(), length * bytesPerToken());
    }

    public int token(long index) {
        return switch (bytesPerToken()) {
            case 1 -> Byte.toUnsignedInt(tokens.get(ValueLayout.JAVA_BYTE, index));
            case 2 -> Short.toUnsignedInt(tokens.get(SHORT, 2 * index));
            default -> tokens.get(INT, 4 * index);
        };
    }

    /** Unmaps the file. Nobody may be reading it. */
    @Override
    public void close() {
        arena.close();
    }
}
