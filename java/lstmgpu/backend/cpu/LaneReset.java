package lstmgpu.backend.cpu;

import java.util.List;
import lstmgpu.backend.Philox;

/** Zeroes the initial states [units, lanes] of the lanes that are drawn. */
final class LaneReset implements WorkerPool.Task {
    private final List<CpuBuffer> states;
    private final int units;
    private final boolean[] drawn;
    private final int[] words = new int[4];

    LaneReset(List<CpuBuffer> states, int units, int lanes) {
        this.states = states;
        this.units = units;
        this.drawn = new boolean[lanes];
    }

    /** Draws the lanes. */
    LaneReset of(float probability, long seed, int step) {
        int threshold = Philox.threshold(probability);
        for (int lane = 0; lane < drawn.length; lane++) {
            if (lane % words.length == 0) {
                Philox.block(seed, Philox.RESET, step, lane / words.length, words, 0);
            }
            drawn[lane] = Integer.compareUnsigned(words[lane % words.length], threshold) < 0;
        }
        return this;
    }

    @Override
    public void run(Worker worker) {
        for (int lane = 0; lane < drawn.length; lane++) {
            if (drawn[lane]) {
                zero(lane, (int) worker.from(units), (int) worker.to(units));
            }
        }
    }

    private void zero(int lane, int from, int to) {
        for (int i = 0; i < states.size(); i++) {
            CpuBuffer state = states.get(i);
            for (int unit = from; unit < to; unit++) {
                state.setFloat((long) unit * drawn.length + lane, 0);
            }
        }
    }
}
