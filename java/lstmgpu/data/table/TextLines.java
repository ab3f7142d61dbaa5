package lstmgpu.data.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/** The lines of a file in UTF-8, which are read one by one. */
public final class TextLines {
    private TextLines() {}

    /** Takes a line. */
    @FunctionalInterface
    public interface Use {
        /**
         * @param number from 1
         * @param line without its end
         */
        void accept(long number, String line);
    }

    /**
     * Hands on the lines of a file in order; those of white space are left out.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read or is not UTF-8
     */
    public static void forEach(Path file, Use use) {
        long number = 0;
        try (BufferedReader reader = new BufferedReader(Utf8Text.of(file))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    use.accept(number, line);
                }
            }
        } catch (CharacterCodingException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s is not valid UTF-8 behind line %,d; convert it: iconv -f LATIN1 -t UTF-8"
                            .formatted(file, number),
                    failure);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }
}
