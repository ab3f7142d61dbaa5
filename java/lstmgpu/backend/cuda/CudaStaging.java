package lstmgpu.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * The way between host and device through two pinned pieces of memory in turn, so that the driver copies while the next piece is
 * filled. An upload waits only for pieces that are still on their way.
 */
final class CudaStaging implements AutoCloseable {
    private static final long PIECE_BYTES = 4L << 20;

    private final CudaCheck check;
    private final CudaQueues queues;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Piece[] pieces;
    private int turn;

    CudaStaging(CudaCheck check, CudaQueues queues) {
        this.check = check;
        this.queues = queues;
        try {
            this.pieces = new Piece[] {piece(), piece()};
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Pinned memory, filled up to a place by copies of which the event marks the last. */
    private static final class Piece {
        private final Pointer pointer;
        private final MemorySegment memory;
        private final CUevent done;
        private long used;

        Piece(Pointer pointer, CUevent done) {
            this.pointer = pointer;
            this.memory = MemorySegment.ofBuffer(pointer.getByteBuffer(0, PIECE_BYTES));
            this.done = done;
        }
    }

    private Piece piece() {
        Pointer pointer = new Pointer();
        check.driver(JCudaDriver.cuMemHostAlloc(pointer, PIECE_BYTES, 0), "allocating pinned host memory");
        releases.push(() -> JCudaDriver.cuMemFreeHost(pointer));
        CUevent done = new CUevent();
        check.driver(JCudaDriver.cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making an event");
        releases.push(() -> JCudaDriver.cuEventDestroy(done));
        return new Piece(pointer, done);
    }

    /** Copies all of {@code source} to the front of {@code target}, in the queue; source may change after the call. */
    void upload(MemorySegment source, CudaBuffer target) {
        queues.refuseInCapture("upload from the host");
        CudaPointer to = target.pointer();
        CUstream stream = queues.current();
        long bytes = source.byteSize();
        for (long done = 0; done < bytes; ) {
            Piece piece = pieceWithRoom();
            long count = Math.min(bytes - done, PIECE_BYTES - piece.used);
            MemorySegment.copy(source, done, piece.memory, piece.used, count);
            int status = JCudaDriver.cuMemcpyHtoDAsync(
                    new CudaPointer(to, done), piece.pointer.withByteOffset(piece.used), count, stream);
            check.driver(status, "copying to the GPU");
            check.driver(JCudaDriver.cuEventRecord(piece.done, stream), "marking a place in a queue");
            piece.used += count;
            done += count;
        }
    }

    /** The piece whose turn it is, or the next one, empty, if that one is full. */
    private Piece pieceWithRoom() {
        if (pieces[turn].used == PIECE_BYTES) {
            turn = 1 - turn;
            check.driver(JCudaDriver.cuEventSynchronize(pieces[turn].done), "waiting for a copy to the GPU");
            pieces[turn].used = 0;
        }
        return pieces[turn];
    }

    /** Fills all of {@code target} from the front of {@code source}, after everything before it is done. */
    void download(CudaBuffer source, float[] target) {
        download(source, ValueLayout.JAVA_FLOAT, target, target.length);
    }

    /** As for floats. */
    void download(CudaBuffer source, int[] target) {
        download(source, ValueLayout.JAVA_INT, target, target.length);
    }

    /** Makes no garbage where one piece takes all, as for the tokens that were drawn. */
    private void download(CudaBuffer source, ValueLayout layout, Object array, int length) {
        queues.refuseInCapture("download to the host");
        CudaPointer from = source.pointer();
        queues.synchronize();
        pieces[0].used = 0;
        pieces[1].used = 0;
        Piece piece = pieces[turn];
        long unit = layout.byteSize();
        int most = (int) (PIECE_BYTES / unit);
        for (int done = 0; done < length; done += most) {
            int count = Math.min(length - done, most);
            CudaPointer place = done == 0 ? from : new CudaPointer(from, done * unit);
            int status = JCudaDriver.cuMemcpyDtoHAsync(piece.pointer, place, count * unit, queues.first());
            check.driver(status, "copying from the GPU");
            queues.synchronize();
            MemorySegment.copy(piece.memory, layout, 0, array, done, count);
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
