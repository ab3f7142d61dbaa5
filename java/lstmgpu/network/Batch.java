package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * What a {@link Pass} reads, T steps in B sequences, in device memory.
 *
 * @param inputs INT32 [T,B] tokens or FLOAT32 [T,B,I] features, as the network's {@link InputPart} says
 * @param targets as its {@link Head} says; null where nothing is judged
 */
public record Batch(DeviceBuffer inputs, DeviceBuffer targets) {
    static Batch of(Network network, Resources memory, int steps, int sequences, boolean judged) {
        return new Batch(
                inputs(memory, network.config().input(), steps, sequences),
                judged ? targets(memory, network.config().head(), steps, sequences) : null);
    }

    private static DeviceBuffer inputs(Resources memory, InputPart part, int steps, int sequences) {
        return switch (part) {
            case InputPart.Tokens _ -> memory.alloc(ElementType.INT32, length(steps, sequences, 1));
            case InputPart.Features features ->
                memory.alloc(ElementType.FLOAT32, length(steps, sequences, features.size()));
        };
    }

    private static DeviceBuffer targets(Resources memory, Head head, int steps, int sequences) {
        return switch (head) {
            case Head.NextToken _ -> memory.alloc(ElementType.INT32, length(steps, sequences, 1));
            case Head.Values values -> memory.alloc(ElementType.FLOAT32, length(steps, sequences, values.size()));
            case Head.SequenceClass _ -> memory.alloc(ElementType.INT32, sequences);
        };
    }

    private static long length(int steps, int sequences, int width) {
        return Math.multiplyExact((long) Math.multiplyExact(steps, sequences), width);
    }
}
