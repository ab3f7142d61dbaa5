package lstmgpu;

import java.util.stream.Stream;

/**
 * Something the user can mend. The message is one sentence that names the thing and the remedy; it is printed as it
 * stands, and the stack trace only with {@code --verbose}.
 */
public class LstmGpuException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int LINE = 240;

    private final ExitCode exitCode;

    public LstmGpuException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public LstmGpuException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** Data or a model that is unreadable or unfit. Of every argument a line's length at most is told. */
    public static LstmGpuException data(String format, Object... arguments) {
        return new LstmGpuException(ExitCode.DATA, format.formatted(shortened(arguments)));
    }

    /** An argument outside its range, or arguments that contradict each other. */
    public static LstmGpuException usage(String format, Object... arguments) {
        return new LstmGpuException(ExitCode.USAGE, format.formatted(shortened(arguments)));
    }

    /**
     * Checks the value of a flag.
     *
     * @throws LstmGpuException with exit code 2 if it lies outside
     */
    public static void requireRange(String flag, long value, long least, long most) {
        if (value < least || value > most) {
            throw usage("%s must lie in [%d, %d], not %d", flag, least, most, value);
        }
    }

    private static Object[] shortened(Object... arguments) {
        return Stream.of(arguments)
                .map(argument -> argument instanceof Number ? argument : shortened(String.valueOf(argument)))
                .toArray();
    }

    /** The ends of a text that is longer than a line, since names differ at either. */
    public static String shortened(String text) {
        return text.length() <= LINE
                ? text
                : text.substring(0, 2 * LINE / 3) + "…" + text.substring(text.length() - LINE / 3);
    }
}
