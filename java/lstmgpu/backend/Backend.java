package lstmgpu.backend;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * A device's memory and its operations. Operations may run asynchronously but in the order of the calls;
 * {@link #download} waits.
 *
 * <p>Unless an operation says otherwise: buffers do not overlap, outputs are overwritten whole, lengths are checked and
 * a buffer too short or of the wrong type is an {@link IllegalArgumentException}, tokens lie in [0, V). Sums run in a
 * fixed order: the same call on the same device gives the same bits. After warm-up no operation allocates. Whatever is
 * used after it, or its backend, was closed is an {@link IllegalStateException}.
 */
public interface Backend extends AutoCloseable {
    DeviceInfo device();

    // Memory

    /**
     * Zeroed memory.
     *
     * @throws lstmgpu.LstmGpuException with exit code 5 if there is not enough
     */
    DeviceBuffer alloc(ElementType type, long length);

    /** Copies all of {@code source} to the front of {@code target}. */
    void upload(float[] source, DeviceBuffer target);

    void upload(int[] source, DeviceBuffer target);

    /** Fills all of {@code target} from the front of {@code source}, after everything before it is done. */
    void download(DeviceBuffer source, float[] target);

    void download(DeviceBuffer source, int[] target);

    /** Sets every element of a FLOAT32 buffer. */
    void fill(DeviceBuffer target, float value);

    /** Copies all of {@code source} to the front of {@code target}; both have the same type. */
    void copy(DeviceBuffer source, DeviceBuffer target);

    /** Waits until everything before it is done. */
    void synchronize();

    /** Bytes held now. */
    long allocatedBytes();

    /** Bytes that can still be allocated, as far as the device tells. */
    default long freeBytes() {
        return Math.max(0, device().memoryBytes() - allocatedBytes());
    }

    /** Measures for about a second what the device does at most; null where only its operations could tell. */
    default DevicePeak measurePeak() {
        return null;
    }

    /**
     * A twin that takes no memory and computes nothing, to find out what this backend would need: all can be made on
     * it, and its {@link #allocatedBytes} is the most bytes held at a time, first uses of operations in captured steps
     * included.
     */
    Backend counting();

    /**
     * Prepares a sequence of operations for replay. The body is run once per {@link Step#run}, or once here and
     * recorded; either way its operations take effect only in {@link Step#run}. It must call only operations of this
     * backend and always the same ones on the same buffers.
     */
    Step capture(Runnable body);

    // Text

    /**
     * Puts a text where {@link #gatherBatch} can reach it.
     *
     * @param tokens little-endian unsigned identifiers; stays mapped as long as the corpus is open
     * @param bytesPerToken 1, 2 or 4
     */
    TokenCorpus corpus(MemorySegment tokens, int bytesPerToken);

    /** Writes inputs and targets, INT32 [T,B] each, for the epoch and the step in it that the clock shows. */
    void gatherBatch(TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets);

    // Layers

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

    /**
     * losses[n] = −log softmax(logits[n,:])[targets[n]] in nats; and, unless null, dLogits[n,v] =
     * scale·(softmax(logits[n,:])[v] − [v = targets[n]]) and best[n] = the most probable token, the lowest among
     * equals.
     *
     * @param logits [N,V]
     * @param targets INT32 [N]
     * @param losses [N]
     * @param dLogits [N,V] or null; may be logits itself
     * @param best INT32 [N] or null
     */
    void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best);

    /**
     * losses[i] = (prediction[i] − target[i])² and, unless null, dPrediction[i] = 2·scale·(prediction[i] − target[i]),
     * for every i of prediction.
     *
     * @param dPrediction may be prediction itself
     */
    void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction);

    /** history[STEP % length of history] = mean of losses. */
    void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history);

    // Optimisation

    /** out[0] = Σ x². Not finite if any x is not. */
    void sumOfSquares(DeviceBuffer x, DeviceBuffer out);

    /**
     * One step of the optimiser at the clock's STEP (t = STEP + 1) with its learning rate; afterwards the gradients are
     * zero. Where normSquared is not finite, parameters and moments stay as they are.
     *
     * @param firstMoment as long as parameters where {@link OptimizerSpec#usesFirstMoment}, otherwise null; likewise
     *     secondMoment
     * @param normSquared [1], the sum of squares of the gradients
     */
    void optimizerStep(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared);

    /** STEP and EPOCH_STEP go up by one; at stepsPerEpoch EPOCH_STEP returns to 0 and EPOCH goes up. */
    void advance(StepClock clock, int stepsPerEpoch);

    // Generation

    /** Tokens a sequence that a step is best to draw before the host looks at them; 1 where looking costs nothing. */
    default int drawsAtOnce() {
        return 1;
    }

    /**
     * Draws a token per sequence as {@link SamplingSpec} says, with the clock's STEP as the number of the draw, and puts it
     * into the history.
     *
     * @param logits [B,V]; left as they were
     * @param history INT32 [B,W], a ring of the sequence's last tokens, −1 where empty; the drawn token goes to place STEP
     *     % W
     * @param tokens INT32 [B]
     */
    void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingSpec spec,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens);

    /**
     * Prepares the drawing of tokens one after the other, the weights being what they are at each draw.
     *
     * @param body draws the token of a place in [0, limit) by operations of this backend, its loss going to that place:
     *     what the loop computes, and what it records where the device has no shorter way
     * @param limit of tokens that one call may draw
     */
    default TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Drawing drawing, IntConsumer body, int limit) {
        return new RecordedTokenLoop(this, body, limit);
    }

    // Recurrence

    /** Where the tensors of a recurrent stack lie; the same for every plan of that shape. */
    ParameterLayout rnnLayout(RnnShape shape);

    /**
     * Whether a plan over {@code tokens} tokens that share one set of weights is better off with {@link RnnInput.Table}
     * than with features. Depends on who would compute the plan: cuDNN takes features only.
     *
     * @param spec of the plan; its tableSize does not matter
     * @param tokens of all calls between two changes of the weights
     */
    boolean prefersTable(RnnSpec spec, int vocabulary, long tokens);

    /**
     * @param clock whose STEP numbers the dropout masks; may be null without dropout
     * @throws lstmgpu.LstmGpuException with exit code 2 if this backend does not have the implementation asked for, 4
     *     if it lacks what that needs, 5 if memory is short
     */
    RnnPlan newRnnPlan(RnnSpec spec, StepClock clock);

    @Override
    void close();
}
