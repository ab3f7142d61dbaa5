package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * Where named tensors lie in one flat buffer. Gaps between them hold zeros and stay zero.
 *
 * @param length elements of the whole stretch
 */
public record ParameterLayout(List<Slot> slots, long length) {
    /** Tensors start at multiples of this many elements, so that every kernel can use its widest loads. */
    public static final int ALIGNMENT = 64;

    /** A tensor: its name as in PyTorch, its shape, and its first element. */
    public record Slot(String name, List<Integer> shape, long offset) {
        public long length() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }
    }

    public ParameterLayout {
        slots = List.copyOf(slots);
    }

    /**
     * @throws IllegalArgumentException if there is no tensor of that name
     */
    public Slot slot(String name) {
        return slots.stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter named " + name));
    }

    /** The tensor's stretch of a buffer that has this layout. */
    public DeviceBuffer view(DeviceBuffer buffer, String name) {
        Slot slot = slot(name);
        return buffer.slice(slot.offset(), slot.length());
    }

    /**
     * A stack's tensors, one after the other, in PyTorch's order: of each layer those that its cell says, and again
     * those of the reverse direction where there is one. So each direction of a layer is a stretch with the layout of a
     * stack of one layer.
     */
    public static ParameterLayout ofRnn(RnnShape shape) {
        Builder builder = new Builder();
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int direction = 0; direction < shape.directions(); direction++) {
                for (CellTensor tensor : shape.tensors()) {
                    builder.add(tensor.in(layer, direction > 0), tensor.shape(shape, layer));
                }
            }
        }
        return builder.build();
    }

    /** Lays tensors one after the other, each aligned. */
    public static final class Builder {
        private final List<Slot> slots = new ArrayList<>();
        private long end;

        public Builder add(String name, Integer... shape) {
            return add(name, List.of(shape));
        }

        public Builder add(String name, List<Integer> shape) {
            Slot slot = new Slot(name, shape, end);
            slots.add(slot);
            end = aligned(Math.addExact(end, slot.length()));
            return this;
        }

        /** Adds another layout as one block, its names behind {@code prefix}. */
        public Builder addAll(String prefix, ParameterLayout block) {
            for (Slot slot : block.slots()) {
                slots.add(new Slot(prefix + slot.name(), slot.shape(), end + slot.offset()));
            }
            end = aligned(Math.addExact(end, block.length()));
            return this;
        }

        /** Where the next tensor will start. */
        public long end() {
            return end;
        }

        public ParameterLayout build() {
            return new ParameterLayout(slots, end);
        }

        private static long aligned(long offset) {
            return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}
