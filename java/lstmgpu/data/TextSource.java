package lstmgpu.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.nio.file.Path;

/** The text of all inputs in order, in blocks of bounded size. */
final class TextSource {
    private static final int BLOCK_BYTES = 1 << 18;
    private static final char[] LINE_FEED = {'\n'};
    private static final int CONTINUATION_MASK = 0xC0;
    private static final int CONTINUATION = 0x80;

    private final TextInputs inputs;
    private final boolean lines;

    TextSource(TextInputs inputs, boolean lines) {
        this.inputs = inputs;
        this.lines = lines;
    }

    /** How long a text is. */
    record Size(long characters, long utf8Bytes) {
        Size plus(Size other) {
            return new Size(characters + other.characters, utf8Bytes + other.utf8Bytes);
        }
    }

    /** Takes a block of bytes; the array is the caller's. */
    @FunctionalInterface
    interface ByteSink {
        void accept(byte[] block, int length) throws IOException;
    }

    /**
     * Feeds the text to an encoder and ends it.
     *
     * @throws lstmgpu.LstmGpuException with exit code 3 if it is not UTF-8
     */
    Size encode(TextEncoder encoder) {
        Size size = new Size(0, 0);
        for (Path input : inputs.files()) {
            size = size.plus(encode(input, encoder));
        }
        encoder.finish();
        return size;
    }

    /**
     * Feeds the bytes as they are to a sink; what is no UTF-8 counts as one character a byte that continues nothing.
     */
    Size copy(ByteSink sink) throws IOException {
        Size size = new Size(0, 0);
        for (Path input : inputs.files()) {
            size = size.plus(copy(input, sink));
        }
        return size;
    }

    private Size encode(Path input, TextEncoder encoder) {
        Size size = new Size(0, 0);
        char last = '\n';
        try (Utf8Reader reader = Utf8Reader.of(inputs, input)) {
            for (CharBuffer block = reader.next(); block != null; block = reader.next()) {
                char[] chars = block.array();
                encoder.accept(chars, block.position(), block.limit());
                size = size.plus(size(chars, block.position(), block.limit()));
                last = chars[block.limit() - 1];
            }
        }
        if (lines && last != '\n' && last != '\r') {
            encoder.accept(LINE_FEED, 0, LINE_FEED.length);
            return size.plus(new Size(1, 1));
        }
        return size;
    }

    private static Size size(char[] chars, int from, int to) {
        int characters = 0;
        int bytes = 0;
        for (int i = from; i < to; i++) {
            char c = chars[i];
            // A surrogate pair takes four bytes: one character and three bytes for its first half, one byte for its
            // second.
            characters += Character.isLowSurrogate(c) ? 0 : 1;
            bytes += c < 0x80 || Character.isLowSurrogate(c) ? 1 : c < 0x800 ? 2 : 3;
        }
        return new Size(characters, bytes);
    }

    private Size copy(Path input, ByteSink sink) throws IOException {
        long characters = 0;
        long bytes = 0;
        byte last = '\n';
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream in = inputs.open(input)) {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                for (int i = 0; i < count; i++) {
                    characters += (block[i] & CONTINUATION_MASK) == CONTINUATION ? 0 : 1;
                }
                bytes += count;
                last = count > 0 ? block[count - 1] : last;
                sink.accept(block, count);
            }
        }
        if (lines && last != '\n' && last != '\r') {
            sink.accept(new byte[] {'\n'}, 1);
            return new Size(characters + 1, bytes + 1);
        }
        return new Size(characters, bytes);
    }
}
