package lstmgpu;

/** What the process tells its caller. */
public enum ExitCode {
    DONE(0, "done"),
    FAILED(1, "failed"),
    USAGE(2, "a flag or an argument is missing, unknown or out of range"),
    DATA(3, "a text or a model cannot be read or does not fit"),
    DEVICE(4, "the device asked for is not available"),
    MEMORY(5, "out of memory"),
    DIVERGED(6, "the loss diverged"),
    INTERRUPTED(130, "stopped by Ctrl-C"),
    TERMINATED(143, "stopped by SIGTERM");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** For a person. */
    public String meaning() {
        return meaning;
    }

    public int code() {
        return code;
    }
}
