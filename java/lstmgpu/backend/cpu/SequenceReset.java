package lstmgpu.backend.cpu;

import java.util.List;
import lstmgpu.backend.Philox;

/** Zeroes the initial states, [units, sequences] each, of the sequences that are drawn. */
final class SequenceReset implements WorkerPool.Task {
    private final List<CpuBuffer> states;
    private final int first;
    private final boolean[] drawn;
    private final int[] words = new int[4];

    /** @param first the first of the sequences in the whole batch */
    SequenceReset(List<CpuBuffer> states, int first, int sequences) {
        this.states = states;
        this.first = first;
        this.drawn = new boolean[sequences];
    }

    /** Draws the sequences. */
    SequenceReset of(float probability, long seed, int step) {
        int threshold = Philox.threshold(probability);
        for (int sequence = 0; sequence < drawn.length; sequence++) {
            int element = first + sequence;
            if (sequence == 0 || element % words.length == 0) {
                Philox.block(seed, Philox.RESET, step, element / words.length, words, 0);
            }
            drawn[sequence] = Integer.compareUnsigned(words[element % words.length], threshold) < 0;
        }
        return this;
    }

    @Override
    public void run(Worker worker) {
        for (int sequence = 0; sequence < drawn.length; sequence++) {
            if (drawn[sequence]) {
                zero(sequence, worker);
            }
        }
    }

    private void zero(int sequence, Worker worker) {
        for (int i = 0; i < states.size(); i++) {
            CpuBuffer state = states.get(i);
            long units = state.length() / drawn.length;
            long to = worker.to(units);
            for (long unit = worker.from(units); unit < to; unit++) {
                state.setFloat(unit * drawn.length + sequence, 0);
            }
        }
    }
}
