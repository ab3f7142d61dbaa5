package lstmgpu.backend;

import java.util.Optional;

/**
 * One call, or a short run of calls, of an operation with its inputs. A case is a record, so that
 * its text says all that is needed to run it again.
 */
interface ConformanceCase {
    /** Runs the case; buffers come from {@code memory}, which also takes the results. */
    void run(Backend backend, GuardedMemory memory);

    /** The case computed in another way; empty if it is the same in every way, or has no such way. */
    default Optional<ConformanceCase> in(Way way) {
        return Optional.empty();
    }

    /** How the products of a case are computed, and by whom its recurrent stack. */
    record Way(RnnImplementation rnn, Precision precision) {
        /** What every backend has. */
        static final Way PLAIN = new Way(RnnImplementation.AUTO, Precision.FP32);
    }

    /** How this case is computed. */
    default Way way() {
        return Way.PLAIN;
    }

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
