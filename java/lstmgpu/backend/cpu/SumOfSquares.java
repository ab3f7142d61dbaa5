package lstmgpu.backend.cpu;

/** Σ x² from the sums of fixed stretches, so that the result does not depend on the number of workers. */
final class SumOfSquares implements WorkerPool.Task {
    private CpuBuffer x;
    private double[] partial = new double[0];

    SumOfSquares of(CpuBuffer input) {
        x = input;
        int tiles = tiles();
        if (partial.length < tiles) {
            partial = new double[tiles];
        }
        return this;
    }

    private int tiles() {
        return Math.toIntExact((x.length() + Worker.TILE - 1) / Worker.TILE);
    }

    @Override
    public void run(Worker worker) {
        float[] values = worker.tile(0, Worker.TILE);
        long end = worker.to(x.length());
        for (long at = worker.from(x.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            x.read(at, values, 0, n);
            partial[(int) (at / Worker.TILE)] = squares(values, n);
        }
    }

    private static double squares(float[] values, int n) {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            even += (double) values[i] * values[i];
            odd += (double) values[i + 1] * values[i + 1];
        }
        return i < n ? even + odd + (double) values[i] * values[i] : even + odd;
    }

    double total() {
        double sum = 0;
        int tiles = tiles();
        for (int tile = 0; tile < tiles; tile++) {
            sum += partial[tile];
        }
        return sum;
    }
}
