package lstmgpu.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** A text of random tokens in the layout of a token file with four bytes per token. */
final class BenchText implements AutoCloseable {
    static final int BYTES_PER_TOKEN = 4;
    private static final long SEED = 1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment tokens;

    BenchText(long length, int vocabulary) {
        tokens = arena.allocate(Math.multiplyExact(length, (long) BYTES_PER_TOKEN), BYTES_PER_TOKEN);
        ValueLayout.OfInt layout = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(SEED);
        for (long i = 0; i < length; i++) {
            tokens.setAtIndex(layout, i, random.nextInt(vocabulary));
        }
    }

    MemorySegment tokens() {
        return tokens;
    }

    @Override
    public void close() {
        arena.close();
    }
}
