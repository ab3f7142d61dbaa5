package lstmgpu.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;

/** Forward and backward of a recurrent stack on random inputs and gradients. */
final class RecurrentStack implements Runnable, AutoCloseable {
    private final Backend backend;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final SplittableRandom random;
    private final DeviceBuffer parameters;
    private final DeviceBuffer gradients;
    private final DeviceBuffer dOutput;
    private final RnnInput input;
    private final RnnPlan plan;

    RecurrentStack(Backend backend, BenchVariant variant, BenchShape shape, long seed) {
        this.backend = backend;
        random = new SplittableRandom(seed);
        RnnSpec spec = RnnSpec.training(shape.config().rnnShape(), shape.steps(), shape.batch(), variant.precision())
                .by(variant.rnn());
        long parameterCount = backend.recurrence().rnnLayout(spec.shape()).length();
        parameters = randomBuffer(parameterCount, 1 / Math.sqrt(shape.hidden()));
        gradients = buffer(parameterCount);
        dOutput = randomBuffer(shape.tokens() * shape.hidden(), 1e-4);
        long inputs = shape.tokens() * shape.embedding();
        input = new RnnInput.Features(randomBuffer(inputs, 1), buffer(inputs));
        plan = backend.recurrence().newRnnPlan(spec, null);
    }

    private DeviceBuffer buffer(long length) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, length);
        buffers.add(buffer);
        return buffer;
    }

    /** Uniform in ±bound. */
    private DeviceBuffer randomBuffer(long length, double bound) {
        float[] values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        DeviceBuffer buffer = buffer(length);
        backend.upload(values, buffer);
        return buffer;
    }

    @Override
    public void run() {
        plan.forward(parameters, input);
        plan.backward(parameters, input, dOutput, gradients);
        plan.carryState();
    }

    @Override
    public void close() {
        plan.close();
        buffers.forEach(DeviceBuffer::close);
    }
}
