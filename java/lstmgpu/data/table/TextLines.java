package lstmgpu.data.table;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/** The lines of a file in UTF-8, which are read one by one; those of white space are left out. */
public final class TextLines implements AutoCloseable {
    /** A line is held in memory as a whole. */
    static final int MOST_CHARACTERS = 64 << 20;

    private final Path file;
    private final BufferedReader reader;
    private long number;

    private TextLines(Path file, int most) throws IOException {
        this.file = file;
        this.reader = new BufferedReader(new ShortLines(Utf8Text.of(file), most));
    }

    /** Takes a line. */
    @FunctionalInterface
    public interface Use {
        /**
         * @param number from 1
         * @param line without its end
         */
        void accept(long number, String line);
    }

    /** @throws LstmGpuException with exit code 3 if the file cannot be read */
    static TextLines open(Path file) {
        return open(file, MOST_CHARACTERS);
    }

    /** @param most characters of a line */
    static TextLines open(Path file, int most) {
        try {
            return new TextLines(file, most);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /**
     * Hands on the lines of a file in order.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read or is not UTF-8
     */
    public static void forEach(Path file, Use use) {
        try (TextLines lines = open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                use.accept(lines.number, line);
            }
        }
    }

    /** That of the last line, from 1. */
    long number() {
        return number;
    }

    /**
     * The next line without its end; null behind the last.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read, is not UTF-8 or too long
     */
    String next() {
        try {
            String line = reader.readLine();
            number++;
            while (line != null && line.isBlank()) {
                line = reader.readLine();
                number++;
            }
            return line;
        } catch (CharacterCodingException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s is not valid UTF-8 behind line %,d; convert it: iconv -f LATIN1 -t UTF-8"
                            .formatted(file, number),
                    failure);
        } catch (LineTooLong tooLong) {
            throw LstmGpuException.data(
                    "%s: a line behind line %,d is longer than %s; cut it into several",
                    file, number, Count.of(tooLong.most, "character"));
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private static final class LineTooLong extends IOException {
        private static final long serialVersionUID = 1;

        private final int most;

        LineTooLong(int most) {
            super("a line is too long");
            this.most = most;
        }
    }

    /** Ends at a line that is too long, before it fills the memory. */
    private static final class ShortLines extends FilterReader {
        private final int most;
        private long length;

        ShortLines(Reader reader, int most) {
            super(reader);
            this.most = most;
        }

        @Override
        public int read(char[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            for (int i = offset; i < offset + count; i++) {
                this.length = target[i] == '\n' || target[i] == '\r' ? 0 : this.length + 1;
                if (this.length > most) {
                    throw new LineTooLong(most);
                }
            }
            return count;
        }
    }
}
