package lstmgpu;

/** What the process tells its caller. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    USAGE(2),
    DATA(3),
    DEVICE(4),
    MEMORY(5),
    DIVERGED(6),
    INTERRUPTED(130),
    TERMINATED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
