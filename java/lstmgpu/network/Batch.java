package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * What a {@link Pass} reads, T steps in B lanes, in device memory.
 *
 * @param inputs INT32 [T,B] tokens or FLOAT32 [T,B,I] features, as the network's {@link InputPart} says
 * @param targets as its {@link Head} says; null where nothing is judged
 */
public record Batch(DeviceBuffer inputs, DeviceBuffer targets) implements AutoCloseable {
    static Batch of(Network network, int steps, int lanes, boolean judged) {
        Backend backend = network.backend();
        return new Batch(
                inputs(backend, network.config().input(), steps, lanes),
                judged ? targets(backend, network.config().head(), steps, lanes) : null);
    }

    private static DeviceBuffer inputs(Backend backend, InputPart part, int steps, int lanes) {
        return switch (part) {
            case InputPart.Tokens _ -> backend.alloc(ElementType.INT32, length(steps, lanes, 1));
            case InputPart.Features features ->
                backend.alloc(ElementType.FLOAT32, length(steps, lanes, features.size()));
        };
    }

    private static DeviceBuffer targets(Backend backend, Head head, int steps, int lanes) {
        return switch (head) {
            case Head.NextToken _ -> backend.alloc(ElementType.INT32, length(steps, lanes, 1));
            case Head.Values values -> backend.alloc(ElementType.FLOAT32, length(steps, lanes, values.size()));
            case Head.SequenceClass _ -> backend.alloc(ElementType.INT32, lanes);
        };
    }

    private static long length(int steps, int lanes, int width) {
        return Math.multiplyExact((long) Math.multiplyExact(steps, lanes), width);
    }

    @Override
    public void close() {
        if (targets != null) {
            targets.close();
        }
        inputs.close();
    }
}
