package lstmgpu.backend;

/** The layers beside the recurrent stack; {@link Backend} says what holds for all operations. */
public interface Layers {
    /** out[n,:] = table[tokens[n],:]; table [V,E], tokens [N], out [N,E]. */
    void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out);

    /** dTable[tokens[n],:] += dOut[n,:], over n in rising order. */
    void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable);

    /** y = x·wᵀ + b, the factors rounded to {@code precision}; x [N,I], w [O,I], b [O] or null, y [N,O]. */
    void linear(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer b,
            int rows,
            int inputSize,
            int outputSize,
            Precision precision,
            DeviceBuffer y);

    /**
     * The gradients of {@link #linear}: dw += dyᵀ·x; db += column sums of dy; dx = dy·w, or dx += dy·w.
     *
     * @param dx [N,I] or null
     * @param db [O] or null
     */
    void linearGrad(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            Precision precision,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db);

    /**
     * Inverted dropout (Srivastava 2014) with p in [0, 1): y[i] = x[i]/(1−p) where the word of element i
     * ({@link Philox}, at the clock's STEP) is at least {@link Philox#threshold}, unsigned, otherwise 0. y may be x.
     * The same call on the gradient is the backward pass.
     */
    void dropout(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y);
}
