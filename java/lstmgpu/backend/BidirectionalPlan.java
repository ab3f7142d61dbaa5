package lstmgpu.backend;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A bidirectional stack (Schuster and Paliwal 1997) out of one-direction plans of the same backend, two a layer,
 * whatever computes those: the second reads every sequence from its end, and both outputs side by side are what the
 * next layer reads.
 */
public final class BidirectionalPlan implements RnnPlan {
    private final RnnSpec spec;
    private final StepClock clock;
    private final Layers operations;
    private final BidirectionalLayer[] layers;
    private final DropoutSpec[] masks;
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /**
     * Gradients of a layer's two outputs, [T,B,R] each; of what a layer above the first reads, [T,B,2R]; null when not
     * training.
     */
    private final DeviceBuffer dForward;

    private final DeviceBuffer dReverse;
    private final DeviceBuffer dBetween;

    /** The reverse direction's part of the gradient of what a layer reads, [T,B,I or 2R]; null when not training. */
    private final DeviceBuffer dReversed;

    /** The input that the layers are bound to. */
    private RnnInput bound;

    private boolean closed;

    /** Takes its memory and that of its plans from the backend. */
    public BidirectionalPlan(Backend backend, RnnSpec spec, StepClock clock) {
        RnnShape shape = spec.shape();
        this.spec = spec;
        this.clock = clock;
        this.operations = backend.layers();
        this.layers = new BidirectionalLayer[shape.layers()];
        this.masks = new DropoutSpec[layers.length];
        Arrays.setAll(masks, spec::mask);
        boolean training = spec.training();
        try {
            for (int number = 0; number < layers.length; number++) {
                BidirectionalLayer layer = new BidirectionalLayer(backend, spec, clock, number);
                releases.push(layer::close);
                layers[number] = layer;
                layer.allocate();
            }
            int widest = Math.max(shape.inputSize(), shape.inputOf(layers.length - 1));
            this.dForward = training ? steps(backend, shape.shownSize()) : null;
            this.dReverse = training ? steps(backend, shape.shownSize()) : null;
            this.dBetween = training && layers.length > 1 ? steps(backend, shape.outputSize()) : null;
            this.dReversed = training ? steps(backend, widest) : null;
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private DeviceBuffer steps(Backend backend, int width) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, Math.multiplyExact((long) spec.tokens(), width));
        releases.push(buffer::close);
        return buffer;
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        requireOpen();
        spec.requireLengths(input);
        bind(features(input));
        for (int number = 0; number < layers.length; number++) {
            layers[number].forward(parameters);
            if (spec.drops() && number < layers.length - 1) {
                dropout(layers[number].output(), number);
            }
        }
        return layers[layers.length - 1].output();
    }

    @Override
    public void backward(
            DeviceBuffer parameters,
            RnnInput input,
            DeviceBuffer dOutput,
            DeviceBuffer gradients,
            LayerListener whole) {
        requireOpen();
        if (!spec.training()) {
            throw new IllegalStateException("this plan was made for forward only");
        }
        bind(features(input));
        DeviceBuffer dy = dOutput;
        for (int number = layers.length - 1; number >= 0; number--) {
            layers[number].backward(parameters, dy, dForward, dReverse, gradients);
            whole.layer(number);
            dy = dBetween;
            if (spec.drops() && number > 0) {
                dropout(dBetween, number - 1);
            }
        }
    }

    /** In place; the same masks both ways. */
    private void dropout(DeviceBuffer values, int layer) {
        operations.dropout(values, masks[layer], clock, values);
    }

    private static RnnInput.Features features(RnnInput input) {
        if (input instanceof RnnInput.Features features) {
            return features;
        }
        throw new IllegalArgumentException("the plan was made for features");
    }

    /** A caller comes with the same input each time, so a layer's are made once and a step allocates nothing. */
    @SuppressWarnings("ReferenceEquality")
    private void bind(RnnInput.Features input) {
        if (input == bound) {
            return;
        }
        DeviceBuffer x = input.x();
        DeviceBuffer dx = spec.training() ? input.dx() : null;
        for (BidirectionalLayer layer : layers) {
            layer.bind(x, input.lengths(), dx, dReversed);
            x = layer.output();
            dx = dBetween;
        }
        bound = input;
    }

    @Override
    public void carryState() {
        requireOpen();
        spec.requireCarries();
    }

    @Override
    public void resetState() {
        requireOpen();
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        requireOpen();
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        requireOpen();
        spec.requireCarries();
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        requireOpen();
        spec.requireCarries();
    }

    @Override
    public RnnState readState() {
        requireOpen();
        return RnnState.zero(spec);
    }

    @Override
    public void writeState(RnnState state) {
        requireOpen();
        spec.requireState(state);
        if (state.hidden().length != spec.hiddenStates()) {
            throw new IllegalArgumentException("a state has " + spec.hiddenStates() + " numbers");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
