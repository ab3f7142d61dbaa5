package lstmgpu.backend.cpu;

import java.util.List;
import lstmgpu.backend.Philox;

/** Zeroes the initial states [units, sequences] of the sequences that are drawn. */
final class SequenceReset implements WorkerPool.Task {
    private final List<CpuBuffer> states;
    private final int units;
    private final boolean[] drawn;
    private final int[] words = new int[4];

    SequenceReset(List<CpuBuffer> states, int units, int sequences) {
        this.states = states;
        this.units = units;
        this.drawn = new boolean[sequences];
    }

    /** Draws the sequences. */
    SequenceReset of(float probability, long seed, int step) {
        int threshold = Philox.threshold(probability);
        for (int sequence = 0; sequence < drawn.length; sequence++) {
            if (sequence % words.length == 0) {
                Philox.block(seed, Philox.RESET, step, sequence / words.length, words, 0);
            }
            drawn[sequence] = Integer.compareUnsigned(words[sequence % words.length], threshold) < 0;
        }
        return this;
    }

    @Override
    public void run(Worker worker) {
        for (int sequence = 0; sequence < drawn.length; sequence++) {
            if (drawn[sequence]) {
                zero(sequence, (int) worker.from(units), (int) worker.to(units));
            }
        }
    }

    private void zero(int sequence, int from, int to) {
        for (int i = 0; i < states.size(); i++) {
            CpuBuffer state = states.get(i);
            for (int unit = from; unit < to; unit++) {
                state.setFloat((long) unit * drawn.length + sequence, 0);
            }
        }
    }
}
