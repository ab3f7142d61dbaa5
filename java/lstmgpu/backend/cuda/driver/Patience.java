package lstmgpu.backend.cuda.driver;

/** How long a block waits for others before its kernel traps: only a fault of the program lets it wait longer. */
public enum Patience {
    /** Where nothing but a try is lost. */
    TRIAL(2_000),

    /** Where another program may hold the GPU meanwhile, and a run of hours would be lost. */
    RUN(30_000);

    private final int milliseconds;

    Patience(int milliseconds) {
        this.milliseconds = milliseconds;
    }

    public int milliseconds() {
        return milliseconds;
    }
}
