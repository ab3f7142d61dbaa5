package lstmgpu.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.input.Utf16;
import lstmgpu.files.IoErrors;
import lstmgpu.models.Unknown;

/**
 * A text to continue or to look at, wherever it comes from.
 *
 * @param source where, for messages
 * @param bytes UTF-8, or for a byte model any bytes
 */
@SuppressWarnings("ArrayRecordComponent")
record Prompt(String source, byte[] bytes) {
    static final Prompt NONE = new Prompt("the prompt", new byte[0]);

    /** A prompt is held in memory as a whole. */
    private static final int MOST_BYTES = 64 << 20;

    /** At the beginning of a file it is a mark and not a part of the text. */
    private static final byte[] BYTE_ORDER_MARK = "\ufeff".getBytes(StandardCharsets.UTF_8);

    /**
     * @param text the prompt itself, or null
     * @param file its file, {@code -} for standard input, or null
     */
    static Prompt read(String text, String file, Console console) {
        if (text != null) {
            return new Prompt(NONE.source, text.getBytes(StandardCharsets.UTF_8));
        }
        if (file == null) {
            return NONE;
        }
        String name = file.equals("-") ? "standard input" : file;
        try {
            byte[] bytes = file.equals("-") ? console.in().readNBytes(MOST_BYTES + 1) : bytes(Path.of(file));
            if (bytes.length > MOST_BYTES) {
                throw LstmGpuException.data(
                        "%s is longer than %s; give only the end of it", name, Sizes.bytes(MOST_BYTES));
            }
            boolean marked = Arrays.mismatch(bytes, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length;
            return new Prompt(name, marked ? Arrays.copyOfRange(bytes, BYTE_ORDER_MARK.length, bytes.length) : bytes);
        } catch (IOException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA, "%s cannot be read: %s".formatted(name, IoErrors.reason(failure)), failure);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        InputFiles.check(List.of(file));
        try (InputStream stream = InputFiles.open(file)) {
            return stream.readNBytes(MOST_BYTES + 1);
        }
    }

    /** The same text with another one before it. */
    Prompt behind(String before) {
        byte[] first = before.getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(first, first.length + bytes.length);
        System.arraycopy(bytes, 0, both, first.length, bytes.length);
        return new Prompt(source, both);
    }

    /**
     * The text in a model's tokens.
     *
     * @param what what the text is, for messages
     * @throws LstmGpuException with exit code 3 if it is no UTF-8 where it has to be, or as {@link Unknown#encode}
     */
    int[] tokens(Tokenizer tokenizer, String what, Console console) {
        return tokenizer instanceof ByteTokenizer
                ? ByteTokenizer.ids(bytes)
                : Unknown.encode(tokenizer, text(), what, console::say);
    }

    private String text() {
        Utf16.refuse(source, bytes, bytes.length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw new LstmGpuException(ExitCode.DATA, source + " is not UTF-8; convert it first", failure);
        }
    }
}
