package lstmgpu.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/** The text to continue, wherever it comes from. */
final class Prompts {
    /** A prompt is held in memory as a whole. */
    private static final int MOST_BYTES = 64 << 20;

    /** At the beginning of a file it is a mark and not a part of the text. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private Prompts() {}

    /**
     * @param text the prompt itself, or null
     * @param file its file, {@code -} for standard input, or null
     */
    static String read(String text, String file, Console console) {
        if (text != null) {
            return text;
        }
        if (file == null) {
            return "";
        }
        String name = file.equals("-") ? "standard input" : file;
        try {
            byte[] bytes = file.equals("-") ? console.in().readNBytes(MOST_BYTES + 1) : bytes(Path.of(file));
            if (bytes.length > MOST_BYTES) {
                throw LstmGpuException.data(
                        "%s is longer than %s; give only the end of it", name, Sizes.bytes(MOST_BYTES));
            }
            String read = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return read.startsWith(BYTE_ORDER_MARK) ? read.substring(1) : read;
        } catch (CharacterCodingException failure) {
            throw new LstmGpuException(ExitCode.DATA, name + " is not UTF-8; convert it first", failure);
        } catch (IOException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA, "%s cannot be read (%s)".formatted(name, failure.getMessage()), failure);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        lstmgpu.data.InputFiles.check(java.util.List.of(file));
        try (var stream = Files.newInputStream(file)) {
            return stream.readNBytes(MOST_BYTES + 1);
        }
    }
}
