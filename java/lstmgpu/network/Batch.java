package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * What a {@link Pass} reads, T steps in B lanes, in device memory.
 *
 * @param inputs INT32 [T,B] tokens or FLOAT32 [T,B,I] features, as the network's {@link InputPart} says
 * @param targets as its {@link Head} says; null where nothing is judged
 */
public record Batch(DeviceBuffer inputs, DeviceBuffer targets) {
    static Batch of(Network network, Resources memory, int steps, int lanes, boolean judged) {
        return new Batch(
                inputs(memory, network.config().input(), steps, lanes),
                judged ? targets(memory, network.config().head(), steps, lanes) : null);
    }

    private static DeviceBuffer inputs(Resources memory, InputPart part, int steps, int lanes) {
        return switch (part) {
            case InputPart.Tokens _ -> memory.alloc(ElementType.INT32, length(steps, lanes, 1));
            case InputPart.Features features ->
                memory.alloc(ElementType.FLOAT32, length(steps, lanes, features.size()));
        };
    }

    private static DeviceBuffer targets(Resources memory, Head head, int steps, int lanes) {
        return switch (head) {
            case Head.NextToken _ -> memory.alloc(ElementType.INT32, length(steps, lanes, 1));
            case Head.Values values -> memory.alloc(ElementType.FLOAT32, length(steps, lanes, values.size()));
            case Head.SequenceClass _ -> memory.alloc(ElementType.INT32, lanes);
        };
    }

    private static long length(int steps, int lanes, int width) {
        return Math.multiplyExact((long) Math.multiplyExact(steps, lanes), width);
    }
}
