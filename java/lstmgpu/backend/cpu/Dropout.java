package lstmgpu.backend.cpu;

/** Inverted dropout over a row-major buffer, in tiles. */
final class Dropout implements WorkerPool.Task {
    private CpuBuffer x;
    private CpuBuffer y;
    private float p;
    private long seed;
    private int stream;
    private int step;

    Dropout of(CpuBuffer input, float probability, long maskSeed, int maskStream, int maskStep, CpuBuffer out) {
        x = input;
        p = probability;
        seed = maskSeed;
        stream = maskStream;
        step = maskStep;
        y = out;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] values = worker.tile(0, Worker.TILE);
        float[] factors = worker.tile(1, Worker.TILE);
        int[] words = worker.intTile(0, 4);
        long end = worker.to(x.length());
        for (long at = worker.from(x.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            x.read(at, values, 0, n);
            DropoutMask.fill(p, seed, stream, step, at, factors, n, words);
            VectorMath.multiply(values, factors, n);
            y.write(values, 0, at, n);
        }
    }
}
