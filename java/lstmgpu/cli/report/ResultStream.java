package lstmgpu.cli.report;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Text in UTF-8 with a buffer; unlike its parent it knows why a part of it was lost. Where it leads to a terminal,
 * everything but {@link #control} is made harmless on the way; elsewhere the bytes go as they are.
 */
public final class ResultStream extends PrintStream {
    private static final int BUFFER = 1 << 16;

    private final Target target;
    private final OutputStream shown;

    public ResultStream(OutputStream stream, boolean terminal) {
        this(new Target(stream), terminal);
    }

    private ResultStream(Target target, boolean terminal) {
        this(target, terminal ? new HarmlessStream(target) : target);
    }

    private ResultStream(Target target, OutputStream shown) {
        super(new BufferedOutputStream(shown, BUFFER), false, StandardCharsets.UTF_8);
        this.target = target;
        this.shown = shown;
    }

    /** Writes all there is, with what waits for a rest that does not come. */
    public void end() {
        flush();
        if (shown instanceof HarmlessStream terminal) {
            try {
                terminal.end();
            } catch (IOException lost) {
                setError();
            }
        }
    }

    /** What this program itself has to tell a terminal, such as to clear the line. */
    public void control(String sequence) {
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
