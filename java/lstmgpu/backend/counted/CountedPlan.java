package lstmgpu.backend.counted;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;

/** A plan that computes nothing. */
public final class CountedPlan implements RnnPlan {
    private static final RnnState NOTHING = new RnnState(new float[0], new float[0]);

    private final RnnSpec spec;
    private final DeviceBuffer memory;
    private final DeviceBuffer output;

    /** @param memory FLOAT32, all that the plan holds, y [T,B,D·H] included; closed with the plan */
    public CountedPlan(RnnSpec spec, DeviceBuffer memory) {
        this.spec = spec;
        this.memory = memory;
        this.output = memory.slice(0, (long) spec.tokens() * spec.shape().outputSize());
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        return output;
    }

    @Override
    public void backward(
            DeviceBuffer parameters,
            RnnInput input,
            DeviceBuffer dOutput,
            DeviceBuffer gradients,
            LayerListener whole) {}

    @Override
    public void carryState() {}

    @Override
    public void resetState() {}

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {}

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {}

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {}

    @Override
    public RnnState readState() {
        return NOTHING;
    }

    @Override
    public void writeState(RnnState state) {}

    @Override
    public RnnState readState(int sequence) {
        return NOTHING;
    }

    @Override
    public void writeState(int sequence, RnnState state) {}

    @Override
    public void close() {
        memory.close();
    }
}
