package lstmgpu.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.kernels.Staging;

/** Pinned pieces of the driver, with an event behind the last copy out of each. */
final class CudaStaging extends Staging<CudaBuffer> {
    private final CudaCheck check;
    private final CudaQueues queues;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Piece[] pieces = new Piece[PIECES];

    private record Piece(Pointer pointer, MemorySegment memory, CUevent done) {}

    CudaStaging(CudaCheck check, CudaQueues queues) {
        this.check = check;
        this.queues = queues;
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
        Pointer pointer = new Pointer();
        check.driver(JCudaDriver.cuMemHostAlloc(pointer, PIECE_BYTES, 0), "allocating pinned host memory");
        releases.push(() -> JCudaDriver.cuMemFreeHost(pointer));
        CUevent done = new CUevent();
        check.driver(JCudaDriver.cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making an event");
        releases.push(() -> JCudaDriver.cuEventDestroy(done));
        return new Piece(pointer, MemorySegment.ofBuffer(pointer.getByteBuffer(0, PIECE_BYTES)), done);
    }

    @Override
    protected MemorySegment piece(int index) {
        return pieces[index].memory();
    }

    @Override
    protected void write(int piece, long from, CudaBuffer target, long offset, long count) {
        CudaPointer to = new CudaPointer(target.pointer(), offset);
        Pointer source = pieces[piece].pointer().withByteOffset(from);
        check.driver(JCudaDriver.cuMemcpyHtoDAsync(to, source, count, queues.current()), "copying to the GPU");
        check.driver(JCudaDriver.cuEventRecord(pieces[piece].done(), queues.current()), "marking a place in a queue");
    }

    @Override
    protected void await(int piece) {
        check.driver(JCudaDriver.cuEventSynchronize(pieces[piece].done()), "waiting for a copy to the GPU");
    }

    @Override
    protected void read(CudaBuffer source, long offset, int piece, long count) {
        CudaPointer from = offset == 0 ? source.pointer() : new CudaPointer(source.pointer(), offset);
        int status = JCudaDriver.cuMemcpyDtoHAsync(pieces[piece].pointer(), from, count, queues.first());
        check.driver(status, "copying from the GPU");
        queues.synchronize();
    }

    @Override
    protected void finish() {
        queues.synchronize();
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
