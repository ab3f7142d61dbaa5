package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The way between host and device through two pinned pieces of memory in turn, so that the driver copies while the next
 * piece is filled. An upload waits only for pieces that are still on their way.
 *
 * @param <B> the device's buffers
 */
public abstract class Staging<B extends PooledBuffer<?>> implements AutoCloseable {
    /** Pieces that an implementation provides. */
    protected static final int PIECES = 2;

    /** Size of each. */
    protected static final long PIECE_BYTES = 4L << 20;

    private final long[] used = new long[PIECES];
    private int turn;

    /** The piece as the host sees it. */
    protected abstract MemorySegment piece(int index);

    /** Queues the copy of {@code count} bytes of a piece to the target's byte {@code offset}. */
    protected abstract void write(int piece, long from, B target, long offset, long count);

    /** Waits for the last copy out of the piece. */
    protected abstract void await(int piece);

    /** Fills the front of a piece, and waits for that. */
    protected abstract void read(B source, long offset, int piece, long count);

    /** Waits for everything queued. */
    protected abstract void finish();

    /** Copies all of {@code source} to the front of {@code target}, in the queue; source may change after the call. */
    public final void upload(MemorySegment source, B target) {
        long bytes = source.byteSize();
        for (long done = 0; done < bytes; ) {
            takeTurn();
            long count = Math.min(bytes - done, PIECE_BYTES - used[turn]);
            MemorySegment.copy(source, done, piece(turn), used[turn], count);
            write(turn, used[turn], target, done, count);
            used[turn] += count;
            done += count;
        }
    }

    /** The next piece, emptied, where this one is full. */
    private void takeTurn() {
        if (used[turn] == PIECE_BYTES) {
            turn = (turn + 1) % PIECES;
            await(turn);
            used[turn] = 0;
        }
    }

    /** Fills all of {@code target} from the front of {@code source}, after everything before it is done. */
    public final void download(B source, float[] target) {
        download(source, ValueLayout.JAVA_FLOAT, target, target.length);
    }

    /** As for floats. */
    public final void download(B source, int[] target) {
        download(source, ValueLayout.JAVA_INT, target, target.length);
    }

    /** Makes no garbage where one piece takes all, as for the tokens that were drawn. */
    private void download(B source, ValueLayout layout, Object array, int length) {
        finish();
        Arrays.fill(used, 0);
        long unit = layout.byteSize();
        int most = (int) (PIECE_BYTES / unit);
        for (int done = 0; done < length; done += most) {
            int count = Math.min(length - done, most);
            read(source, done * unit, turn, count * unit);
            MemorySegment.copy(piece(turn), layout, 0, array, done, count);
        }
    }

    @Override
    public abstract void close();
}
