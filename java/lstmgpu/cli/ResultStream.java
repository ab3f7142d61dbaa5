package lstmgpu.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Text in UTF-8 with a buffer; unlike its parent it knows why a part of it was lost. Where it leads to a terminal, everything but
 * {@link #control} is made harmless on the way; elsewhere the bytes go as they are.
 */
final class ResultStream extends PrintStream {
    private static final int BUFFER = 1 << 16;

    private final Target target;

    ResultStream(OutputStream stream, boolean terminal) {
        this(new Target(stream), terminal);
    }

    private ResultStream(Target target, boolean terminal) {
        super(
                new BufferedOutputStream(terminal ? new HarmlessStream(target) : target, BUFFER),
                false,
                StandardCharsets.UTF_8);
        this.target = target;
    }

    /** What this program itself has to tell a terminal, such as to clear the line. */
    void control(String sequence) {
        flush();
        try {
            target.write(sequence.getBytes(StandardCharsets.UTF_8));
        } catch (IOException lost) {
            setError();
        }
    }

    /** The first failure to write anything, or null as long as all went well. */
    IOException failure() {
        return target.failure;
    }

    /** Keeps what {@link PrintStream} forgets. */
    private static final class Target extends FilterOutputStream {
        private IOException failure;

        Target(OutputStream stream) {
            super(stream);
        }

        @Override
        public void write(int b) throws IOException {
            try {
                out.write(b);
            } catch (IOException lost) {
                throw kept(lost);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException lost) {
                throw kept(lost);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException lost) {
                throw kept(lost);
            }
        }

        private IOException kept(IOException lost) {
            if (failure == null) {
                failure = lost;
            }
            return lost;
        }
    }
}
