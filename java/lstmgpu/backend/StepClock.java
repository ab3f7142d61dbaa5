package lstmgpu.backend;

/**
 * What changes from one training step to the next, kept in device memory so that a captured step can be replayed as it
 * is.
 *
 * <p>{@link Optimisation#advance} moves it on at the end of a step. The host counts the same steps beside it.
 */
public final class StepClock implements AutoCloseable {
    /** Places in {@link #counters}: steps done since the run began. */
    public static final int STEP = 0;

    /** Steps done in this epoch. */
    public static final int EPOCH_STEP = 1;

    /** Epochs done. */
    public static final int EPOCH = 2;

    /** The learning rate of step s is {@code rates[s % RATES]}. */
    public static final int RATES = 256;

    private final Backend backend;
    private final DeviceBuffer counters;
    private final DeviceBuffer rates;
    private int epoch;
    private int epochStep;

    public StepClock(Backend backend) {
        this.backend = backend;
        this.counters = backend.alloc(ElementType.INT32, 3);
        this.rates = backend.alloc(ElementType.FLOAT32, RATES);
    }

    /** INT32 [3]: STEP, EPOCH_STEP, EPOCH. */
    public DeviceBuffer counters() {
        return counters;
    }

    /** FLOAT32 [RATES]. */
    public DeviceBuffer rates() {
        return rates;
    }

    public void set(int step, int epochStep, int epoch) {
        backend.upload(new int[] {step, epochStep, epoch}, counters);
        this.epochStep = epochStep;
        this.epoch = epoch;
    }

    /** Counts on the host a step whose end moves the counters on, as {@link Optimisation#advance} does. */
    public void advanced(int stepsPerEpoch) {
        epochStep++;
        if (epochStep == stepsPerEpoch) {
            epochStep = 0;
            epoch++;
        }
    }

    /** Epochs done, as the host counts them. */
    public int epoch() {
        return epoch;
    }

    /** Steps done in this epoch, as the host counts them. */
    public int epochStep() {
        return epochStep;
    }

    /** Sets all learning rates; {@code perSlot[s % RATES]} is that of step s. */
    public void setRates(float[] perSlot) {
        backend.upload(perSlot, rates);
    }

    @Override
    public void close() {
        counters.close();
        rates.close();
    }
}
