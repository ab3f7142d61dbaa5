package lstmgpu.backend;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One layer of a {@link BidirectionalPlan}: a plan for each direction, and what lies between them and the layers
 * around.
 */
final class BidirectionalLayer {
    /**
     * One direction's stretch of a flat buffer that holds the whole stack's tensors, cut when the buffer is another
     * than before: callers come with the same one each time, and a step allocates nothing.
     */
    private static final class Stretch {
        private final long offset;
        private final long length;
        private DeviceBuffer whole;
        private DeviceBuffer cut;

        Stretch(ParameterLayout stack, ParameterLayout alone, String first) {
            this.offset = stack.slot(first).offset();
            this.length = alone.length();
        }

        @SuppressWarnings("ReferenceEquality")
        DeviceBuffer of(DeviceBuffer buffer) {
            if (buffer != whole) {
                cut = buffer.slice(offset, length);
                whole = buffer;
            }
            return cut;
        }
    }

    /** One direction: its plan, what it reads, and where its tensors and their gradients lie. */
    private static final class Direction {
        final RnnPlan plan;
        final Stretch parameters;
        final Stretch gradients;
        RnnInput.Features input;

        Direction(RnnPlan plan, ParameterLayout stack, ParameterLayout alone, String first) {
            this.plan = plan;
            this.parameters = new Stretch(stack, alone, first);
            this.gradients = new Stretch(stack, alone, first);
        }

        DeviceBuffer forward(DeviceBuffer all) {
            return plan.forward(parameters.of(all), input);
        }

        void backward(DeviceBuffer all, DeviceBuffer dy, DeviceBuffer allGradients) {
            plan.backward(parameters.of(all), input, dy, gradients.of(allGradients));
        }
    }

    private final Backend backend;
    private final RnnSpec spec;
    private final StepClock clock;
    private final int number;
    private final int inputs;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private Direction forward;
    private Direction reverse;
    private DeviceBuffer reversed;
    private DeviceBuffer output;

    /**
     * Takes nothing yet.
     *
     * @param clock whose STEP numbers masks; may be null where none are drawn
     */
    BidirectionalLayer(Backend backend, RnnSpec spec, StepClock clock, int number) {
        this.backend = backend;
        this.spec = spec;
        this.clock = clock;
        this.number = number;
        this.inputs = spec.shape().inputOf(number);
    }

    /** Takes memory and makes the plans; what was taken before a failure {@link #close} gives back. */
    void allocate() {
        forward = direction(false);
        reverse = direction(true);
        reversed = steps(inputs);
        output = steps(spec.shape().outputSize());
    }

    private Direction direction(boolean isReverse) {
        RnnSpec alone = spec.direction(number, isReverse);
        RnnPlan plan = backend.recurrence().newRnnPlan(alone, clock);
        releases.push(plan::close);
        ParameterLayout stack = backend.recurrence().rnnLayout(spec.shape());
        ParameterLayout own = backend.recurrence().rnnLayout(alone.shape());
        return new Direction(plan, stack, own, CellTensor.INPUT_WEIGHT.in(number, isReverse));
    }

    private DeviceBuffer steps(int width) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, Math.multiplyExact((long) spec.tokens(), width));
        releases.push(buffer::close);
        return buffer;
    }

    /**
     * Says where the layer's input lies.
     *
     * @param x [T,B,I], or [T,B,2R] above the first layer
     * @param dx as large, or null where its gradient is not wanted
     * @param dReversed room for as many; null when not training
     */
    void bind(DeviceBuffer x, DeviceBuffer lengths, DeviceBuffer dx, DeviceBuffer dReversed) {
        long elements = Math.multiplyExact((long) spec.tokens(), inputs);
        forward.input = new RnnInput.Features(x, dx, lengths);
        reverse.input = new RnnInput.Features(reversed, dx == null ? null : dReversed.slice(0, elements), lengths);
    }

    /** What {@link #forward} leaves: y [T,B,2R]. */
    DeviceBuffer output() {
        return output;
    }

    void forward(DeviceBuffer parameters) {
        DeviceBuffer lengths = forward.input.lengths();
        backend.layers().reverse(forward.input.x(), lengths, spec.steps(), spec.batch(), inputs, false, reversed);
        backend.layers()
                .joinDirections(
                        forward.forward(parameters),
                        reverse.forward(parameters),
                        lengths,
                        spec.steps(),
                        spec.batch(),
                        spec.shape().shownSize(),
                        output);
    }

    /**
     * @param dy the gradient of {@link #output}, [T,B,2R]
     * @param dForward room [T,B,R]; likewise dReverse
     */
    void backward(
            DeviceBuffer parameters,
            DeviceBuffer dy,
            DeviceBuffer dForward,
            DeviceBuffer dReverse,
            DeviceBuffer gradients) {
        DeviceBuffer lengths = forward.input.lengths();
        int units = spec.shape().shownSize();
        backend.layers().splitDirections(dy, lengths, spec.steps(), spec.batch(), units, dForward, dReverse);
        forward.backward(parameters, dForward, gradients);
        reverse.backward(parameters, dReverse, gradients);
        DeviceBuffer dx = forward.input.dx();
        if (dx != null) {
            backend.layers().reverse(reverse.input.dx(), lengths, spec.steps(), spec.batch(), inputs, true, dx);
        }
    }

    void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
