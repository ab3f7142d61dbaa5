package lstmgpu.backend;

/** The layers beside the recurrent stack; {@link Backend} says what holds for all operations. */
public interface Layers {
    /** out[n,:] = table[tokens[n],:]; table [V,E], tokens [N], out [N,E]. */
    void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out);

    /** dTable[tokens[n],:] += dOut[n,:], over n in rising order. */
    void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable);

    /** y = x·wᵀ + b; x [N,I], w [O,I], b [O] or null, y [N,O]. */
    void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y);

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
            LinearSpec spec,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db);

    /**
     * Inverted dropout (Srivastava 2014): y[i] = x[i]/(1−p) where the word of element i ({@link Philox}, at the clock's
     * STEP) is at least {@link Philox#threshold}, unsigned, otherwise 0. y may be x. The same call on the gradient is
     * the backward pass.
     */
    void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y);

    /**
     * What dropout of words multiplies the rows of tokens with (Gal and Ghahramani 2016): factors[n] = 1/(1−p) where
     * the word of element tokens[n] is at least {@link Philox#threshold}, otherwise 0; so a token is dropped wherever
     * it stands. {@link Losses#weigh} applies them.
     *
     * @param tokens INT32 [N], each 0 or above
     * @param mask over the vocabulary, {@link DropoutSpec#of}
     * @param factors [N]
     */
    void tokenMask(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors);

    /**
     * Every sequence from its end: y[t,b,:] = x[len−1−t,b,:] for t < len = lengths[b]; behind, y is 0. The same call is
     * its gradient.
     *
     * @param x [T,B,W]
     * @param lengths INT32 [B], each in [0, T]; or null, all T
     * @param addToY y += instead of y =; behind the end y stays as it was
     * @param y [T,B,W]
     */
    void reverse(
            DeviceBuffer x, DeviceBuffer lengths, int steps, int sequences, int width, boolean addToY, DeviceBuffer y);

    /**
     * What the two directions of a bidirectional stack say of each step: y[t,b,:H] = f[t,b,:] and y[t,b,H:] =
     * r[len−1−t,b,:] for t < len = lengths[b]; behind, y is 0.
     *
     * @param f [T,B,H], the forward direction
     * @param r [T,B,H], the other one, beginning at the sequence's end
     * @param lengths INT32 [B], each in [0, T]; or null, all T
     * @param width H
     * @param y [T,B,2H]
     */
    void joinDirections(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer lengths, int steps, int sequences, int width, DeviceBuffer y);

    /**
     * The gradient of {@link #joinDirections}: df[t,b,:] = dy[t,b,:H] and dr[t,b,:] = dy[len−1−t,b,H:] for t < len;
     * behind, both are 0.
     */
    void splitDirections(
            DeviceBuffer dy,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer df,
            DeviceBuffer dr);

    /**
     * One vector for each sequence out of those of its first len = lengths[b] steps. {@link Pooling#MEAN} and
     * {@link Pooling#MAX} are NaN where one of these values is.
     *
     * @param y [T,B,H]
     * @param lengths INT32 [B], each in [1, T]; or null, all T
     * @param width H
     * @param out [B,H]
     */
    void pool(
            Pooling pooling,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer out);

    /**
     * The gradient of {@link #pool}, 0 behind the end. That of {@link Pooling#MAX} goes to the first step that has the
     * largest value, or to the first NaN.
     *
     * @param dOut [B,H]
     * @param y [T,B,H], which only {@link Pooling#MAX} reads, otherwise null or not
     * @param dy [T,B,H]
     */
    void poolGrad(
            Pooling pooling,
            DeviceBuffer dOut,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer dy);
}
