package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import lstmgpu.backend.Activation;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelRnn;

/**
 * A layer with random weights, inputs, states and output gradients in memory of its own, for plans to be tried and
 * compared on.
 */
final class TrialLayer implements AutoCloseable {
    /** Values that are drawn, and that are compared of y and dx; longer buffers repeat them. */
    private static final int DRAWN = 1 << 20;

    private static final long SEED = 1;

    private final CudaDevice device;
    private final RnnSpec spec;
    private final Random random = new Random(SEED);
    private final Deque<KernelBuffer> owned = new ArrayDeque<>();
    private final KernelBuffer parameters;
    private final KernelBuffer rounded;
    private final KernelBuffer gradients;
    private final RnnInput.Features input;
    private final KernelBuffer dOutput;
    private final RnnState state;

    /**
     * What a plan makes of the layer, forward only where it is not for training: the last steps of y, the first of dx,
     * and all gradients of the weights.
     */
    record Numbers(float[] y, float[] dx, float[] gradients) {
        /** The largest distance of the three, each relative to the other's norm; NaN where there is one. */
        double distance(Numbers other) {
            return Math.max(
                    distance(y, other.y), Math.max(distance(dx, other.dx), distance(gradients, other.gradients)));
        }

        private static double distance(float[] values, float[] others) {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < values.length; i++) {
                double step = (double) values[i] - others[i];
                difference += step * step;
                norm += (double) others[i] * others[i];
            }
            return difference == 0 ? 0 : Math.sqrt(difference / norm);
        }
    }

    TrialLayer(CudaDevice device, CudnnLayerSpec layer) {
        this.device = device;
        this.spec = layer.plan();
        try {
            long length = ParameterLayout.ofRnn(spec.shape()).length();
            long outputs = layer.tokens() * layer.hiddenSize();
            this.parameters = random(length, 1 / Math.sqrt(layer.hiddenSize()));
            this.rounded = layer.storage() == ElementType.BFLOAT16 ? rounded(parameters) : null;
            KernelBuffer x = random(layer.tokens() * layer.inputSize(), 1);
            this.input = new RnnInput.Features(x, spec.training() ? alloc(ElementType.FLOAT32, x.length()) : null);
            this.gradients = spec.training() ? alloc(ElementType.FLOAT32, length) : null;
            this.dOutput = spec.training() ? random(outputs, 1) : null;
            int units = Math.multiplyExact(layer.batch(), layer.hiddenSize());
            this.state = new RnnState(drawn(units, 1), drawn(layer.cell().hasCellState() ? units : 0, 1));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private KernelBuffer alloc(ElementType type, long length) {
        KernelBuffer buffer = device.alloc(type, length);
        owned.push(buffer);
        return buffer;
    }

    private float[] drawn(int count, double bound) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
        }
        return values;
    }

    private KernelBuffer random(long length, double bound) {
        KernelBuffer buffer = alloc(ElementType.FLOAT32, length);
        int first = (int) Math.min(length, DRAWN);
        device.upload(drawn(first, bound), buffer.slice(0, first));
        for (long filled = first; filled < length; filled *= 2) {
            long more = Math.min(filled, length - filled);
            device.copy(buffer.slice(0, more), buffer.slice(filled, more));
        }
        return buffer;
    }

    private KernelBuffer rounded(KernelBuffer values) {
        KernelBuffer narrow = alloc(ElementType.BFLOAT16, values.length());
        device.call(Kernel.NARROW, ElementType.BFLOAT16)
                .buffer(values)
                .buffer(narrow)
                .longInteger(values.length())
                .launch(Kernel.NARROW.blocksFor(values.length()));
        return narrow;
    }

    /** The plan to be tried. */
    RnnSpec spec() {
        return spec;
    }

    /** The BFLOAT16 stretch that mirrors one of the weights. */
    KernelBuffer mirror(KernelBuffer weights) {
        return rounded.slice(weights.offset(), weights.length());
    }

    /** Forward and, for training, backward. */
    DeviceBuffer pass(RnnPlan plan) {
        DeviceBuffer y = plan.forward(parameters, input);
        if (spec.training()) {
            plan.backward(parameters, input, dOutput, gradients);
        }
        return y;
    }

    /** What a plan makes of the layer. */
    Numbers numbers(RnnPlan plan) {
        plan.writeState(state);
        if (gradients != null) {
            device.zero(gradients);
        }
        KernelBuffer y = device.own(pass(plan));
        long last = Math.min(y.length(), DRAWN);
        float[] outputs = downloaded(y.slice(y.length() - last, last));
        if (gradients == null) {
            return new Numbers(outputs, new float[0], new float[0]);
        }
        KernelBuffer dx = device.own(input.dx());
        return new Numbers(outputs, downloaded(dx.slice(0, Math.min(dx.length(), DRAWN))), downloaded(gradients));
    }

    /** What the fused plan makes of it. */
    Numbers fusedNumbers() {
        try (RnnPlan fused = new LayeredRnnPlan(spec, new KernelRnn(device, spec, null, this::mirror))) {
            return numbers(fused);
        }
    }

    private float[] downloaded(KernelBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        device.download(buffer, values);
        return values;
    }

    /** How far apart two plans may be, each of which may be as far from the truth as the precision allows. */
    double tolerance() {
        double depth = Math.max(
                2, // Of one number too there is one level of sums: that of the two products.
                (double) spec.steps()
                        * Math.max(spec.shape().inputSize(), spec.shape().hiddenSize()));
        double one =
                switch (spec.precision()) {
                    case FP32 -> 8 * Math.ceil(Math.log(depth) / Math.log(2)) * 0x1p-23;
                    case TF32 -> 5e-3;
                    case BF16 -> 1.6e-2;
                };
        // A rounded factor may switch a unit on or off.
        boolean jumps = spec.shape().cell().uses(Activation.RELU) && spec.precision() != Precision.FP32;
        return 2 * one * (jumps ? 10 : 1);
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }
}
