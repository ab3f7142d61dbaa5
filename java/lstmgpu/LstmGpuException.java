package lstmgpu;

/**
 * Something the user can mend. The message is one sentence that names the thing and the remedy; it is printed as it stands, and
 * the stack trace only with {@code --verbose}.
 */
public final class LstmGpuException extends RuntimeException {
    private static final long serialVersionUID = 1;
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

    /** Data or a model that is unreadable or unfit. */
    public static LstmGpuException data(String format, Object... arguments) {
        return new LstmGpuException(ExitCode.DATA, format.formatted(arguments));
    }

    /** An argument outside its range, or arguments that contradict each other. */
    public static LstmGpuException usage(String format, Object... arguments) {
        return new LstmGpuException(ExitCode.USAGE, format.formatted(arguments));
    }
}
