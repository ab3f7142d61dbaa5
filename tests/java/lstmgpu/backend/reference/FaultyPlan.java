package lstmgpu.backend.reference;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** A plan with one mistake. */
class FaultyPlan extends ReferenceRnnPlan {
    final ReferenceMemory memory;
    final ParameterLayout layout;

    FaultyPlan(ReferenceBackend backend, RnnSpec spec, StepClock clock, ReferenceCell cell) {
        super(backend.memory, spec, clock, cell);
        this.memory = backend.memory;
        this.layout = ParameterLayout.ofRnn(spec.shape());
    }

    FaultyPlan(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
        this(backend, spec, clock, ReferenceCell.of(spec.shape().cell()));
    }

    /** The weights of one name, such as "bias_ih", of every layer. */
    void edit(double[] flat, String name, UnaryOperator<double[]> edit) {
        for (int layer = 0; layer < spec().shape().layers(); layer++) {
            ParameterLayout.Slot slot = layout.slot(name + "_l" + layer);
            int from = (int) slot.offset();
            double[] edited = edit.apply(Arrays.copyOfRange(flat, from, from + (int) slot.length()));
            System.arraycopy(edited, 0, flat, from, edited.length);
        }
    }

    /** Runs forward with other weights than it was given. */
    static final class OtherWeights extends FaultyPlan {
        private final String name;
        private final UnaryOperator<double[]> edit;

        OtherWeights(
                ReferenceBackend backend, RnnSpec spec, StepClock clock, String name, UnaryOperator<double[]> edit) {
            super(backend, spec, clock);
            this.name = name;
            this.edit = edit;
        }

        @Override
        public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
            return super.forward(edited(parameters), input);
        }

        @Override
        public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
            super.backward(edited(parameters), input, dOutput, gradients);
        }

        private DeviceBuffer edited(DeviceBuffer parameters) {
            double[] flat = new double[(int) layout.length()];
            memory.read(parameters, flat);
            edit(flat, name, edit);
            DeviceBuffer copy = memory.alloc(ElementType.FLOAT32, flat.length);
            memory.write(flat, copy);
            return copy;
        }
    }

    /** Leaves the gradient of one name out. */
    static final class MissingGradient extends FaultyPlan {
        private final String name;

        MissingGradient(ReferenceBackend backend, RnnSpec spec, StepClock clock, String name) {
            super(backend, spec, clock);
            this.name = name;
        }

        @Override
        public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
            double[] before = new double[(int) layout.length()];
            double[] after = before.clone();
            memory.read(gradients, before);
            super.backward(parameters, input, dOutput, gradients);
            memory.read(gradients, after);
            for (ParameterLayout.Slot slot : layout.slots()) {
                if (slot.name().startsWith(name)) {
                    System.arraycopy(before, (int) slot.offset(), after, (int) slot.offset(), (int) slot.length());
                }
            }
            memory.write(after, gradients);
        }
    }

    /** Writes the gradients instead of adding them. */
    static final class OverwrittenGradient extends FaultyPlan {
        OverwrittenGradient(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
            memory.fill(gradients, 0);
            super.backward(parameters, input, dOutput, gradients);
        }
    }

    /** Starts the next stretch from the state of {@code stepsBack} steps before the last. */
    static final class LateState extends FaultyPlan {
        private final int stepsBack;

        LateState(ReferenceBackend backend, RnnSpec spec, StepClock clock, int stepsBack) {
            super(backend, spec, clock);
            this.stepsBack = stepsBack;
        }

        @Override
        public void carryState() {
            super.carryState();
            double[][][] h = new double[layers.length][][];
            double[][][] c = new double[layers.length][][];
            for (int l = 0; l < layers.length; l++) {
                h[l] = layers[l].h[spec().steps() - stepsBack];
                c[l] = layers[l].c[spec().steps() - stepsBack];
            }
            boolean hasCell = spec().shape().cell().hasCellState();
            writeExactState(ReferenceArrays.flatten(h), hasCell ? ReferenceArrays.flatten(c) : new double[0]);
        }
    }

    /** Begins the sequences anew that the step before would have. */
    static final class LateReset extends FaultyPlan {
        LateReset(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        public void resetSequences(float probability, long seed, StepClock clock) {
            ReferenceBuffer counters = memory.ints(clock.counters(), 3, "clock");
            int step = counters.getInt(StepClock.STEP);
            counters.setInt(StepClock.STEP, step - 1);
            super.resetSequences(probability, seed, clock);
            counters.setInt(StepClock.STEP, step);
        }
    }

    /** Takes the initial state for zero on the way back. */
    static final class ForgottenInitialState extends FaultyPlan {
        ForgottenInitialState(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
            for (ReferenceLayer layer : layers) {
                for (double[] sequence : layer.h[0]) {
                    Arrays.fill(sequence, 0);
                }
            }
            super.backward(parameters, input, dOutput, gradients);
        }
    }

    /** Keeps what dropout keeps as it is, instead of dividing by 1 − p. */
    static final class UnscaledDropout extends FaultyPlan {
        UnscaledDropout(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        double dropoutFactor(double p, int layer, int step, long element) {
            return Math.signum(super.dropoutFactor(p, layer, step, element));
        }
    }

    /** Draws each layer's mask from the next layer's stream. */
    static final class OtherDropoutStream extends FaultyPlan {
        OtherDropoutStream(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        double dropoutFactor(double p, int layer, int step, long element) {
            return super.dropoutFactor(p, layer + 1, step, element);
        }
    }

    /** Numbers the elements of masks as if the share were the whole batch. */
    static final class DropoutByShare extends FaultyPlan {
        DropoutByShare(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            super(backend, spec, clock);
        }

        @Override
        double dropoutFactor(double p, int layer, int step, long element) {
            int width = spec().shape().outputSize();
            long row = element / width;
            int all = spec().share().all();
            long own = row / all * spec().batch() + row % all - spec().share().first();
            return super.dropoutFactor(p, layer, step, own * width + element % width);
        }
    }

    /** Applies GRU's reset gate to h before the product. */
    static final class EarlyReset extends FaultyPlan {
        private final FaultyCells.ResetBeforeProduct cell;

        EarlyReset(ReferenceBackend backend, RnnSpec spec, StepClock clock) {
            this(backend, spec, clock, new FaultyCells.ResetBeforeProduct());
        }

        private EarlyReset(
                ReferenceBackend backend, RnnSpec spec, StepClock clock, FaultyCells.ResetBeforeProduct cell) {
            super(backend, spec, clock, cell);
            this.cell = cell;
        }

        @Override
        public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
            cell.use(memory.floats(parameters, layout.length(), "parameters"), layout);
            return super.forward(parameters, input);
        }
    }
}
