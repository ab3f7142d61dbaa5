package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.DropoutSpec;

/**
 * Dropout between layers on blocks [R,B]; the elements are numbered as in the row-major [T,B,R]. A worker does some of
 * the steps.
 */
final class RnnDropout implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final DropoutSpec[] masks;
    private DropoutSpec mask;
    private int clockStep;
    private CpuBuffer from;
    private long fromOffset;
    private CpuBuffer to;

    RnnDropout(RnnWorkspace work) {
        this.work = work;
        masks = new DropoutSpec[work.spec.shape().layers()];
        Arrays.setAll(masks, work.spec::mask);
    }

    /** Masks T blocks, the first at {@code offset} of the source, into the target; they may be the same. */
    RnnDropout of(int layer, int step, CpuBuffer source, long offset, CpuBuffer target) {
        mask = masks[layer];
        clockStep = step;
        from = source;
        fromOffset = offset;
        to = target;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int block = Math.multiplyExact(work.shown, work.sequences);
        float[] rowMajor = worker.tile(8, block);
        float[] factors = worker.tile(9, block);
        float[] values = worker.tile(10, block);
        int[] words = worker.intTile(0, 4);
        int end = worker.to(work.steps, 1);
        for (int step = worker.from(work.steps, 1); step < end; step++) {
            long first = (long) step * block;
            DropoutMask.fill(
                    mask.probability(),
                    mask.seed(),
                    mask.stream(),
                    clockStep,
                    mask.element(first),
                    rowMajor,
                    block,
                    words);
            VectorMath.transpose(rowMajor, factors, work.sequences, work.shown);
            from.read(fromOffset + first, values, 0, block);
            VectorMath.multiply(values, factors, block);
            to.write(values, 0, first, block);
        }
    }
}
