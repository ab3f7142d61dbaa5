package lstmgpu.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.input.Utf16;
import lstmgpu.files.IoErrors;

/**
 * Strict UTF-8 from an input, in blocks of bounded size. A byte-order mark at the beginning is left out; UTF-16 is
 * refused as such.
 */
final class Utf8Reader implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Path path;
    private final boolean asItIs;
    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES).limit(0);
    private final CharBuffer chars = CharBuffer.allocate(BLOCK_BYTES);
    private long offset;
    private boolean ended;
    private boolean started;

    private Utf8Reader(Path path, boolean asItIs, InputStream in) {
        this.path = path;
        this.asItIs = asItIs;
        this.in = in;
    }

    /** Of the text of one of those files. */
    static Utf8Reader of(TextInputs inputs, Path path) {
        try {
            return new Utf8Reader(path, inputs.isAsItIs(path), inputs.open(path));
        } catch (IOException failure) {
            throw IoErrors.unreadable(path, failure);
        }
    }

    /**
     * The next characters, at least one, never half of a surrogate pair; null at the end. The buffer has an array and
     * is good until the next call.
     *
     * @throws LstmGpuException with exit code 3 at the first byte that does not belong to UTF-8
     */
    CharBuffer next() {
        while (true) {
            chars.clear();
            int before = bytes.position();
            CoderResult result = decoder.decode(bytes, chars, ended);
            offset += bytes.position() - before;
            if (chars.position() > 0) {
                chars.flip();
                if (leavesText()) {
                    return chars;
                }
                continue;
            }
            if (result.isError()) {
                throw LstmGpuException.data(
                        "%s (%,d bytes) is not valid UTF-8 at byte offset %d%s; convert it to UTF-8, "
                                + "or train with --tokenizer byte, which takes any bytes",
                        path, InputFiles.size(path), offset, asItIs ? "" : " of the text in it");
            }
            if (ended) {
                return null;
            }
            refill();
        }
    }

    private boolean leavesText() {
        if (!started && chars.get(0) == BYTE_ORDER_MARK) {
            chars.position(1);
        }
        started = true;
        return chars.hasRemaining();
    }

    private void refill() {
        bytes.compact();
        try {
            int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
            if (count < 0) {
                ended = true;
            } else {
                if (offset == 0 && bytes.position() == 0) {
                    Utf16.refuse(path.toString(), bytes.array(), count);
                }
                bytes.position(bytes.position() + count);
            }
        } catch (IOException failure) {
            throw IoErrors.unreadable(path, failure);
        }
        bytes.flip();
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException failure) {
            throw IoErrors.unreadable(path, failure);
        }
    }
}
