package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;

/**
 * BFLOAT16 copies of weights, element by element beside the FLOAT32 masters.
 *
 * <p>A copy is made of a whole allocation when a stretch of it is first asked for. From then on it always equals the
 * rounded master, as seen from the queue: every operation that writes a master calls {@link #refresh} or writes the
 * copy itself.
 */
public final class WeightCopies implements AutoCloseable {
    private final KernelDevice device;
    private final List<Copy> copies = new ArrayList<>();

    /** A master, its copy, and the stretches of the copy that were asked for, so that a step makes no new ones. */
    private record Copy(KernelBuffer master, KernelBuffer rounded, List<KernelBuffer> stretches) {}

    WeightCopies(KernelDevice device) {
        this.device = device;
    }

    /**
     * The stretch of the copy that mirrors {@code weights}.
     *
     * @param weights FLOAT32
     */
    public KernelBuffer of(KernelBuffer weights) {
        KernelBuffer known = ifPresent(weights);
        if (known != null) {
            return known;
        }
        releaseClosed();
        KernelBuffer master = weights.root();
        KernelBuffer rounded = device.alloc(ElementType.BFLOAT16, master.length());
        copies.add(new Copy(master, rounded, new ArrayList<>()));
        device.immediately(() -> round(master, rounded));
        return ifPresent(weights);
    }

    /** The stretch that mirrors {@code weights}, or null where the allocation has no copy. */
    public KernelBuffer ifPresent(KernelBuffer weights) {
        Copy copy = copyOf(weights);
        return copy == null ? null : stretch(copy, weights.offset(), weights.length());
    }

    /** To be called after {@code written} was written, in the same queue. */
    public void refresh(KernelBuffer written) {
        KernelBuffer rounded = ifPresent(written);
        if (rounded != null) {
            round(written, rounded);
        }
    }

    /** Frees the copies whose masters were closed. */
    void releaseClosed() {
        for (int i = copies.size() - 1; i >= 0; i--) {
            if (!copies.get(i).master().isOpen()) {
                copies.remove(i).rounded().close();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private Copy copyOf(KernelBuffer weights) {
        KernelBuffer master = weights.root();
        for (int i = 0; i < copies.size(); i++) {
            if (copies.get(i).master() == master) {
                return copies.get(i);
            }
        }
        return null;
    }

    private static KernelBuffer stretch(Copy copy, long offset, long length) {
        List<KernelBuffer> known = copy.stretches();
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).offset() == offset && known.get(i).length() == length) {
                return known.get(i);
            }
        }
        KernelBuffer stretch = copy.rounded().slice(offset, length);
        known.add(stretch);
        return stretch;
    }

    private void round(KernelBuffer master, KernelBuffer rounded) {
        Rounding.round(device, master, rounded, master.length());
    }

    @Override
    public void close() {
        copies.forEach(copy -> copy.rounded().close());
        copies.clear();
    }
}
