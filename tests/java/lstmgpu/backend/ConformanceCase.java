package lstmgpu.backend;

/**
 * One call, or a short run of calls, of an operation with its inputs. A case is a record, so that
 * its text says all that is needed to run it again.
 */
interface ConformanceCase {
    /** Runs the case; buffers come from {@code memory}, which also takes the results. */
    void run(Backend backend, GuardedMemory memory);

    /** K·T of the tolerance: the longest sum times the steps it is fed through. */
    long depth();

    /** Runs the case in fresh, guarded memory. */
    default Outcome outcome(Backend backend) {
        try (GuardedMemory memory = new GuardedMemory(backend)) {
            run(backend, memory);
            return memory.finish();
        }
    }
}
