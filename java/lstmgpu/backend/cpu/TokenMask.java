package lstmgpu.backend.cpu;

import lstmgpu.backend.DropoutSpec;

/** The factors of dropout of words; a worker does some of the tokens. */
final class TokenMask implements WorkerPool.Task {
    private CpuBuffer tokens;
    private CpuBuffer factors;
    private DropoutSpec mask;
    private int step;

    TokenMask of(CpuBuffer ids, DropoutSpec of, int maskStep, CpuBuffer out) {
        tokens = ids;
        mask = of;
        step = maskStep;
        factors = out;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] factor = worker.tile(0, 1);
        int[] words = worker.intTile(0, 4);
        long end = worker.to(tokens.length());
        for (long n = worker.from(tokens.length()); n < end; n++) {
            int token = tokens.getInt(n);
            DropoutMask.fill(mask.probability(), mask.seed(), mask.stream(), step, token, factor, 1, words);
            factors.setFloat(n, factor[0]);
        }
    }
}
