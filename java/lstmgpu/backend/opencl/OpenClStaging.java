package lstmgpu.backend.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import lstmgpu.backend.kernels.Staging;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/** Memory that the driver allocates for the host, mapped as long as the device is open. */
final class OpenClStaging extends Staging<OpenClBuffer> {
    private final OpenClContext context;
    private final OpenClCheck check;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Piece[] pieces = new Piece[PIECES];

    /** What it holds, which may be the device's memory. */
    static final long BYTES = PIECES * PIECE_BYTES;

    /** A piece, and the event behind the last copy out of it. */
    private static final class Piece {
        private final Pointer pointer;
        private final MemorySegment memory;
        private cl_event done;

        Piece(ByteBuffer buffer) {
            this.pointer = Pointer.toBuffer(buffer);
            this.memory = MemorySegment.ofBuffer(buffer);
        }

        void mark(cl_event next) {
            if (done != null) {
                CL.clReleaseEvent(done);
            }
            done = next;
        }
    }

    OpenClStaging(OpenClContext context) {
        this.context = context;
        this.check = context.check();
        try {
            for (int index = 0; index < PIECES; index++) {
                pieces[index] = newPiece();
            }
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private Piece newPiece() {
        int[] status = new int[1];
        long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
        cl_mem memory = CL.clCreateBuffer(context.handle(), flags, PIECE_BYTES, null, status);
        check.status(status[0], "allocating pinned host memory");
        releases.push(() -> CL.clReleaseMemObject(memory));
        long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
        ByteBuffer mapped =
                CL.clEnqueueMapBuffer(context.queue(), memory, true, access, 0, PIECE_BYTES, 0, null, null, status);
        check.status(status[0], "mapping pinned host memory");
        releases.push(() -> CL.clEnqueueUnmapMemObject(context.queue(), memory, mapped, 0, null, null));
        Piece piece = new Piece(mapped);
        releases.push(() -> piece.mark(null));
        return piece;
    }

    @Override
    protected MemorySegment piece(int index) {
        return pieces[index].memory;
    }

    @Override
    protected void write(int piece, long from, OpenClBuffer target, long offset, long count) {
        Pointer source = pieces[piece].pointer.withByteOffset(from);
        cl_event done = new cl_event();
        int status = CL.clEnqueueWriteBuffer(
                context.queue(), target.memory(), false, target.start() + offset, count, source, 0, null, done);
        check.status(status, "copying to the device");
        pieces[piece].mark(done);
        context.flush();
    }

    @Override
    protected void await(int piece) {
        if (pieces[piece].done != null) {
            check.status(
                    CL.clWaitForEvents(1, new cl_event[] {pieces[piece].done}), "waiting for a copy to the device");
        }
    }

    @Override
    protected void read(OpenClBuffer source, long offset, int piece, long count) {
        Pointer target = pieces[piece].pointer;
        int status = CL.clEnqueueReadBuffer(
                context.queue(), source.memory(), true, source.start() + offset, count, target, 0, null, null);
        check.status(status, "copying from the device");
    }

    @Override
    protected void finish() {
        context.finish();
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
