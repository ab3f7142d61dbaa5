package lstmgpu.cli.report;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/**
 * What connects a command with its caller.
 *
 * @param out results, UTF-8
 * @param err everything else, UTF-8
 * @param process whether these are the streams of this process, so that terminals and signals are
 *     worth asking for
 */
public record Console(
        InputStream in, ResultStream out, ResultStream err, Map<String, String> environment, boolean process) {
    /** The streams of this process. */
    public static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new ResultStream(new FileOutputStream(FileDescriptor.out), Descriptor.OUTPUT.isTerminal()),
                new ResultStream(new FileOutputStream(FileDescriptor.err), Descriptor.ERROR.isTerminal()),
                System.getenv(),
                true);
    }

    /** Prints a line for the person, not for the result. */
    public void say(String line) {
        out.flush();
        err.print(line + "\n");
        err.flush();
    }

    /** Prints a part of the result. */
    public void print(String text) {
        out.print(text);
    }

    /** Prints a part of the result that need not be text. */
    public void print(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
    }

    /**
     * Hands the result printed so far to the reader.
     *
     * @throws ClosedPipe if there is no reader any more
     * @throws LstmGpuException with exit code 1 if a part of the result is lost for any other reason
     */
    public void flush() {
        out.flush();
        IOException failure = out.failure();
        if (failure == null) {
            return;
        }
        String reason = String.valueOf(failure.getMessage());
        if (reason.toLowerCase(Locale.ROOT).contains("broken pipe")) {
            throw new ClosedPipe();
        }
        throw new LstmGpuException(ExitCode.FAILED, "standard output cannot be written: " + reason, failure);
    }

    /**
     * The reader of the result has gone, as {@code head} does; there is nothing left to do and
     * nothing wrong.
     */
    public static final class ClosedPipe extends RuntimeException {
        private static final long serialVersionUID = 1;

        ClosedPipe() {
            super("the reader of the output has gone", null, false, false);
        }
    }
}
