package lstmgpu.backend.reference;

import java.util.function.UnaryOperator;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** A plan over sequences that end within the batch, with one mistake. */
class FaultyBoundedPlan extends FaultyPlan {
    private final UnaryOperator<RnnInput> inputs;

    FaultyBoundedPlan(ReferenceBackend backend, RnnSpec spec, StepClock clock, UnaryOperator<RnnInput> inputs) {
        super(backend, spec, clock);
        this.inputs = inputs;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        return super.forward(parameters, inputs.apply(input));
    }

    @Override
    public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
        super.backward(parameters, inputs.apply(input), dOutput, gradients);
    }

    /** Takes all sequences for whole. */
    static FaultyPlan withoutLengths(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
        return new FaultyBoundedPlan(
                backend,
                spec,
                clock,
                input -> input instanceof RnnInput.Features features
                        ? new RnnInput.Features(features.x(), features.dx())
                        : input);
    }

    /** Lets a sequence end a step late. */
    static FaultyPlan withLongLengths(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
        return new FaultyBoundedPlan(backend, spec, clock, input -> {
            RnnInput.Features features = (RnnInput.Features) input;
            int[] lengths = new int[spec.batch()];
            backend.download(features.lengths(), lengths);
            for (int b = 0; b < lengths.length; b++) {
                lengths[b] = Math.min(lengths[b] + 1, spec.steps());
            }
            DeviceBuffer late = backend.alloc(ElementType.INT32, lengths.length);
            backend.upload(lengths, late);
            return new RnnInput.Features(features.x(), features.dx(), late);
        });
    }

    /** Puts the other direction's half first. */
    static final class SwappedHalves extends FaultyPlan {
        SwappedHalves(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
            DeviceBuffer y = super.forward(parameters, input);
            double[] values = new double[(int) y.length()];
            memory.read(y, values);
            int half = spec().shape().hiddenSize();
            for (int i = 0; i < values.length; i++) {
                if (i / half % 2 == 0) {
                    double forward = values[i];
                    values[i] = values[i + half];
                    values[i + half] = forward;
                }
            }
            memory.write(values, y);
            return y;
        }
    }

    /** Would carry a state. */
    static final class CarriedState extends FaultyPlan {
        CarriedState(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        public void carryState() {}
    }
}
