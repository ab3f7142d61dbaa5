package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.RnnDropout;

/**
 * A stack of single-layer cuDNN RNNs with this project's dropout between them: cuDNN has its persistent algorithms for
 * single layers only, and the masks have to be those of the other backends. All memory is there and every kernel loaded
 * once the plan is made, so its calls can be captured.
 */
final class CudnnRnnPlan implements RnnPlan {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final RnnSpec spec;
    private final RnnDropout dropout;
    private final ElementType storage;
    private final boolean narrow;
    private final long parameterLength;
    private final CudnnStates states;
    private final List<CudnnLayer> layers = new ArrayList<>();
    private final List<CudnnWeights> weights = new ArrayList<>();
    private final List<CudaBuffer> outputs = new ArrayList<>();
    private final List<CudaBuffer> dropped = new ArrayList<>();
    private final CudaBuffer narrowInput;
    private final CudaBuffer wideOutput;
    private final CudaBuffer[] flow = new CudaBuffer[2];
    private final CudaBuffer work;

    /**
     * @param parts makes the layers and where their weights lie
     * @throws CudnnFailure if cuDNN does not compute such a layer
     */
    CudnnRnnPlan(CudaDevice device, CudnnHandle cudnn, RnnSpec spec, StepClock clock, CudnnParts parts) {
        this.device = device;
        this.cudnn = cudnn;
        this.spec = spec;
        this.dropout = new RnnDropout(device, spec, clock);
        this.narrow = CudnnLayerSpec.of(spec, 0).storage() == ElementType.BFLOAT16;
        this.storage = narrow ? ElementType.BFLOAT16 : ElementType.FLOAT32;
        try {
            ParameterLayout layout = ParameterLayout.ofRnn(spec.shape());
            this.parameterLength = layout.length();
            this.states = new CudnnStates(device, spec, storage);
            releases.push(states::close);
            long workBytes = 0;
            for (int number = 0; number < spec.shape().layers(); number++) {
                CudnnLayer layer = parts.newLayer(spec, number);
                releases.push(layer::close);
                layers.add(layer);
                CudnnWeights own = parts.newWeights(layer, spec, number, layout);
                releases.push(own::close);
                weights.add(own);
                outputs.add(activations(spec.shape().hiddenSize(), storage));
                dropped.add(dropsAbove(number) ? activations(spec.shape().hiddenSize(), storage) : null);
                workBytes = Math.max(workBytes, layer.workBytes());
            }
            this.work = keep(CudnnLayer.allocate(device, workBytes));
            this.narrowInput = narrow ? activations(spec.shape().inputSize(), storage) : null;
            this.wideOutput = narrow ? activations(spec.shape().hiddenSize(), ElementType.FLOAT32) : null;
            int widest = Math.max(spec.shape().inputSize(), spec.shape().hiddenSize());
            this.flow[0] = spec.training() ? activations(widest, storage) : null;
            this.flow[1] = spec.training() ? activations(widest, storage) : null;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private boolean dropsAbove(int layer) {
        return spec.drops() && layer < spec.shape().layers() - 1;
    }

    private CudaBuffer activations(int width, ElementType type) {
        return keep(device.own(device.alloc(type, Math.multiplyExact((long) spec.tokens(), (long) width))));
    }

    private CudaBuffer keep(CudaBuffer buffer) {
        releases.push(buffer::close);
        return buffer;
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        spec.requireLengths(input);
        CudaBuffer flat = floats(parameters, parameterLength, "parameters");
        CudaBuffer first = firstInput(input, true);
        for (int number = 0; number < layers.size(); number++) {
            CudnnWeights own = weights.get(number);
            CudaBuffer matrices = own.from(flat);
            CudaBuffer x = inputOf(number, first);
            CudaBuffer y = outputs.get(number);
            if (!device.queues().isRehearsing()) {
                CudnnLayer layer = layers.get(number);
                cudnn.check(
                        layer.forward(matrices, own.bytes(), x, states.of(number), y, work), text("forward", layer));
            }
            if (dropped.get(number) != null) {
                dropout.apply(number, y, dropped.get(number));
            }
        }
        if (!narrow) {
            return outputs.getLast();
        }
        convert(Kernel.WIDEN, outputs.getLast(), wideOutput);
        return wideOutput;
    }

    @Override
    public void backward(
            DeviceBuffer parameters,
            RnnInput input,
            DeviceBuffer dOutput,
            DeviceBuffer gradients,
            LayerListener whole) {
        if (!spec.training()) {
            throw new IllegalStateException("this plan was made for forward only");
        }
        CudaBuffer flat = floats(parameters, parameterLength, "parameters");
        CudaBuffer first = firstInput(input, false);
        CudaBuffer dFlat = floats(gradients, parameterLength, "gradients");
        CudaBuffer dy = floats(dOutput, (long) spec.tokens() * spec.shape().hiddenSize(), "dOutput");
        CudaBuffer dx = dInput(input);
        int turn = 0;
        if (narrow) {
            convert(Kernel.NARROW, dy, flow[turn].slice(0, dy.length()));
            dy = flow[turn];
            turn = 1;
        }
        for (int number = layers.size() - 1; number >= 0; number--) {
            CudaBuffer below = number == 0 && dx != null && !narrow ? dx : flow[turn];
            differentiate(number, flat, first, dy, below, dFlat);
            whole.layer(number);
            if (number > 0 && dropped.get(number - 1) != null) {
                CudaBuffer masked = below.slice(0, outputs.getFirst().length());
                dropout.apply(number - 1, masked, masked);
            }
            dy = below;
            turn = 1 - turn;
        }
        if (narrow && dx != null) {
            convert(Kernel.WIDEN, dy, dx);
        }
    }

    private void differentiate(
            int number, CudaBuffer flat, CudaBuffer first, CudaBuffer dy, CudaBuffer dx, CudaBuffer gradients) {
        CudnnLayer layer = layers.get(number);
        CudnnWeights own = weights.get(number);
        CudaBuffer y = outputs.get(number);
        CudaBuffer matrices = own.latest(flat);
        CudaBuffer sums = own.target(gradients);
        if (!device.queues().isRehearsing()) {
            cudnn.check(
                    layer.backwardData(matrices, own.bytes(), states.of(number), y, dy, dx, work),
                    text("backward", layer));
            cudnn.check(
                    layer.backwardWeights(sums, own.bytes(), inputOf(number, first), states.of(number), y, work),
                    text("the weights' gradients", layer));
        }
        own.add(gradients);
    }

    private CudaBuffer inputOf(int number, CudaBuffer first) {
        if (number == 0) {
            return first;
        }
        CudaBuffer masked = dropped.get(number - 1);
        return masked == null ? outputs.get(number - 1) : masked;
    }

    /** x as cuDNN reads it. */
    private CudaBuffer firstInput(RnnInput input, boolean fresh) {
        CudaBuffer x = floats(features(input).x(), inputLength(), "x");
        if (!narrow) {
            return x;
        }
        if (fresh) {
            convert(Kernel.NARROW, x, narrowInput);
        }
        return narrowInput;
    }

    private CudaBuffer dInput(RnnInput input) {
        DeviceBuffer dx = features(input).dx();
        return dx == null ? null : floats(dx, inputLength(), "dx");
    }

    private long inputLength() {
        return (long) spec.tokens() * spec.shape().inputSize();
    }

    private static RnnInput.Features features(RnnInput input) {
        if (input instanceof RnnInput.Features features) {
            return features;
        }
        throw new IllegalArgumentException("cuDNN takes features, not a table");
    }

    private CudaBuffer floats(DeviceBuffer buffer, long length, String what) {
        CudaBuffer own = device.own(buffer);
        if (own.type() != ElementType.FLOAT32) {
            throw new IllegalArgumentException("%s is %s, not FLOAT32".formatted(what, own.type()));
        }
        if (own.length() < length) {
            throw new IllegalArgumentException("%s has %d elements, not %d".formatted(what, own.length(), length));
        }
        if (own.address() % CudnnLayer.ALIGNMENT != 0) {
            throw new IllegalArgumentException(
                    "%s begins at no multiple of %d bytes".formatted(what, CudnnLayer.ALIGNMENT));
        }
        return own;
    }

    private void convert(Kernel kernel, KernelBuffer from, KernelBuffer to) {
        long n = Math.min(from.length(), to.length());
        device.call(kernel, storage).buffer(from).buffer(to).longInteger(n).launch(kernel.blocksFor(n));
    }

    private static String text(String what, CudnnLayer layer) {
        return "%s of %s".formatted(what, layer.spec());
    }

    @Override
    public void carryState() {
        spec.requireCarries();
        states.carry();
    }

    @Override
    public void resetState() {
        states.reset();
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        states.resetSequences(probability, seed, clock);
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        spec.requireCarries();
        states.store(hidden, cell);
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        spec.requireCarries();
        states.take(hidden, cell);
    }

    @Override
    public RnnState readState() {
        return states.read();
    }

    @Override
    public void writeState(RnnState state) {
        spec.requireState(state);
        states.write(state);
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
