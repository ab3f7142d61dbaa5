package lstmgpu.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What connects a command with its caller.
 *
 * @param out results, UTF-8
 * @param err everything else, UTF-8
 * @param process whether these are the streams of this process, so that terminals and signals are
 *     worth asking for
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, boolean process) {
    private static final int BUFFER = 1 << 16;

    /** The streams of this process. */
    static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                utf8(new FileOutputStream(FileDescriptor.out)),
                utf8(new FileOutputStream(FileDescriptor.err)),
                System.getenv(),
                true);
    }

    private static PrintStream utf8(OutputStream stream) {
        return new PrintStream(new java.io.BufferedOutputStream(stream, BUFFER), false, StandardCharsets.UTF_8);
    }

    /** Prints a line for the person, not for the result. */
    void say(String line) {
        out.flush();
        err.print(line + "\n");
        err.flush();
    }

    /** Prints a part of the result. */
    void print(String text) {
        out.print(text);
    }

    /**
     * Hands the result printed so far to the reader.
     *
     * @throws ClosedPipe if there is no reader any more
     */
    void flush() {
        if (out.checkError()) {
            throw new ClosedPipe();
        }
    }

    /**
     * The reader of the result has gone, as {@code head} does; there is nothing left to do and
     * nothing wrong.
     */
    static final class ClosedPipe extends RuntimeException {
        private static final long serialVersionUID = 1;

        ClosedPipe() {
            super("the reader of the output has gone", null, false, false);
        }
    }
}
