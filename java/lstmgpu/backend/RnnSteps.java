package lstmgpu.backend;

/**
 * What the loop over layers and steps ({@link LayeredRnnPlan}) asks of a device. The device keeps activations and
 * states between the calls, in a layout of its own.
 */
public interface RnnSteps extends AutoCloseable {
    /** Takes the parameters and the input of the forward calls to follow. */
    void startForward(DeviceBuffer parameters, RnnInput input);

    /** The layer's gates of all steps = W_ih·x + biases. */
    void projectInput(int layer);

    /** Adds W_hh·h of the step before and applies the cell. */
    void stepForward(int layer, int step);

    /** {@link #stepForward} for all steps; a device that has the whole loop in one piece replaces it. */
    default void stepsForward(int layer, int steps) {
        for (int step = 0; step < steps; step++) {
            stepForward(layer, step);
        }
    }

    /** Masks what the layer above reads. */
    void dropoutForward(int layer);

    /** The last layer's h, [T,B,R]. */
    DeviceBuffer output();

    /** Takes the gradient of the last layer's h, the parameters, the input and where the gradients are to be added. */
    void startBackward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients);

    /** Turns the layer's gates of a step into their gradients; called from the last step to the first. */
    void stepBackward(int layer, int step);

    /** {@link #stepBackward} for all steps, from the last. */
    default void stepsBackward(int layer, int steps) {
        for (int step = steps - 1; step >= 0; step--) {
            stepBackward(layer, step);
        }
    }

    /** Adds the gradients of the layer's matrices and biases (or of the table). */
    void weightGradients(int layer);

    /** The gradient of the layer's input; for the layer below that is the gradient of its h. */
    void inputGradient(int layer);

    /** Masks the gradient of the layer's h as {@link #dropoutForward} masked its h. */
    void dropoutBackward(int layer);

    void carryState();

    void resetState();

    void resetSequences(float probability, long seed, StepClock clock);

    void storeState(DeviceBuffer hidden, DeviceBuffer cell);

    void takeState(DeviceBuffer hidden, DeviceBuffer cell);

    RnnState readState();

    void writeState(RnnState state);

    RnnState readState(int sequence);

    void writeState(int sequence, RnnState state);

    @Override
    void close();
}
