package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What was cut out of buffers that come again and again, so that a step cuts nothing. */
final class Cuts<C> {
    private static final int KEPT = 4;

    private final Function<KernelBuffer, C> cutting;
    private final List<Cut<C>> known = new ArrayList<>(KEPT);

    private record Cut<C>(KernelBuffer root, long offset, C pieces) {}

    Cuts(Function<KernelBuffer, C> cutting) {
        this.cutting = cutting;
    }

    @SuppressWarnings("ReferenceEquality")
    C of(KernelBuffer buffer) {
        for (int i = 0; i < known.size(); i++) {
            Cut<C> cut = known.get(i);
            if (cut.root() == buffer.root() && cut.offset() == buffer.offset()) {
                return cut.pieces();
            }
        }
        C pieces = cutting.apply(buffer);
        if (known.size() == KEPT) {
            known.remove(0);
        }
        known.add(new Cut<>(buffer.root(), buffer.offset(), pieces));
        return pieces;
    }

    /** The first {@code count} stretches of {@code length} elements. */
    static KernelBuffer[] blocks(KernelBuffer whole, int count, long length) {
        KernelBuffer[] blocks = new KernelBuffer[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = whole.slice(i * length, length);
        }
        return blocks;
    }
}
