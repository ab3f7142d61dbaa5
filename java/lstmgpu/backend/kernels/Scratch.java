package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.ElementType;

/**
 * Memory for what lives no longer than one operation. Each use has a scratch of its own, so two of them never share a
 * stretch.
 *
 * <p>What was given out stays valid until {@link #close}, since a captured step may hold on to it.
 */
public final class Scratch implements AutoCloseable {
    private final KernelDevice device;
    private final Map<ElementType, KernelBuffer> current = new EnumMap<>(ElementType.class);
    private final List<KernelBuffer> all = new ArrayList<>();

    public Scratch(KernelDevice device) {
        this.device = device;
    }

    /** At least so many elements, of any content; the next call for the same type gives the same memory again. */
    public KernelBuffer atLeast(ElementType type, long elements) {
        KernelBuffer held = current.get(type);
        if (held != null && held.length() >= elements) {
            return held;
        }
        long doubled = held == null ? 0 : 2 * held.length();
        KernelBuffer larger = device.alloc(type, Math.max(elements, doubled));
        all.add(larger);
        current.put(type, larger);
        return larger;
    }

    @Override
    public void close() {
        all.forEach(KernelBuffer::close);
        all.clear();
        current.clear();
    }
}
