package lstmgpu.backend.cpu;

import lstmgpu.backend.DropoutSpec;

/** Inverted dropout over a row-major buffer, in tiles. */
final class Dropout implements WorkerPool.Task {
    private CpuBuffer x;
    private CpuBuffer y;
    private DropoutSpec mask;
    private int step;

    Dropout of(CpuBuffer input, DropoutSpec of, int maskStep, CpuBuffer out) {
        x = input;
        mask = of;
        step = maskStep;
        y = out;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] values = worker.tile(0, Worker.TILE);
        float[] factors = worker.tile(1, Worker.TILE);
        int[] words = worker.intTile(0, 4);
        long slab = mask.isWhole() ? Math.max(1, x.length()) : mask.slab();
        long end = worker.to(x.length());
        int n;
        for (long at = worker.from(x.length()); at < end; at += n) {
            n = (int) Math.min(Math.min(Worker.TILE, end - at), slab - at % slab);
            x.read(at, values, 0, n);
            DropoutMask.fill(mask.probability(), mask.seed(), mask.stream(), step, mask.element(at), factors, n, words);
            VectorMath.multiply(values, factors, n);
            y.write(values, 0, at, n);
        }
    }
}
