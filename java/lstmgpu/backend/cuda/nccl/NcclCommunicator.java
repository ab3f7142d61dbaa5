package lstmgpu.backend.cuda.nccl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static lstmgpu.backend.cuda.nccl.NcclFunctions.SUCCESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.libraries.CudaLibrary;

/**
 * One rank of NCCL's. Its collectives go to the queue that is the device's now, and can be recorded; all ranks put the
 * same ones there in the same order. What goes wrong after that is told by {@link #problem()} alone.
 */
public final class NcclCommunicator implements AutoCloseable {
    private static final String OWN_GPU =
            "NCCL does not bring the processes together on %s (%s); see that each has a GPU of its own: --device cuda"
                    + " without a number";

    private final CudaDevice device;
    private final NcclFunctions nccl;
    private final int size;
    private final MemorySegment handle;
    private boolean gone;

    /**
     * Waits for all ranks to do the same.
     *
     * @param library usable
     * @param id what {@link #newId} has given one of them
     * @throws LstmGpuException with exit code 1 if NCCL refuses, as where two ranks have the same device
     */
    public NcclCommunicator(CudaDevice device, CudaLibrary library, int size, int rank, byte[] id) {
        this.device = device;
        this.nccl = new NcclFunctions(library.path());
        this.size = size;
        device.synchronize(); // Makes the device that of this thread, as NCCL takes it.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(ADDRESS);
            MemorySegment given = arena.allocateFrom(ValueLayout.JAVA_BYTE, id);
            check(NcclFunctions.status(() -> (int) nccl.initRank.invokeExact(target, size, given, rank)));
            this.handle = target.get(ADDRESS, 0);
        }
    }

    /**
     * What one rank makes and hands to all.
     *
     * @throws LstmGpuException with exit code 1 if NCCL cannot
     */
    public static byte[] newId(CudaDevice device, CudaLibrary library) {
        NcclFunctions nccl = new NcclFunctions(library.path());
        device.synchronize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(NcclFunctions.ID_BYTES);
            int status = NcclFunctions.status(() -> (int) nccl.uniqueId.invokeExact(id));
            if (status != SUCCESS) {
                throw failure(device, nccl, status);
            }
            return id.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    public int size() {
        return size;
    }

    /** Replaces FLOAT32 numbers by their sums over all ranks. */
    public void allReduce(CudaBuffer values) {
        long address = values.address();
        long stream = device.queues().currentAddress();
        group(() -> (int) nccl.allReduce.invokeExact(
                address, address, values.length(), NcclFunctions.FLOAT32, NcclFunctions.SUM, handle, stream));
    }

    /**
     * The r-th of as many equal stretches of {@code out} goes to rank r, and what rank r has for this one comes to the
     * r-th of {@code in}.
     */
    public void exchange(CudaBuffer out, CudaBuffer in) {
        long stream = device.queues().currentAddress();
        long each = out.length() / size;
        long bytes = each * out.type().bytes();
        int type = type(out);
        group(() -> {
            int status = SUCCESS;
            for (int peer = 0; peer < size && status == SUCCESS; peer++) {
                status = (int) nccl.send.invokeExact(out.address() + peer * bytes, each, type, peer, handle, stream);
                if (status == SUCCESS) {
                    status = (int)
                            nccl.receive.invokeExact(in.address() + peer * bytes, each, type, peer, handle, stream);
                }
            }
            return status;
        });
    }

    /** All ranks' stretches one behind the other. */
    public void allGather(CudaBuffer own, CudaBuffer all) {
        long stream = device.queues().currentAddress();
        group(() -> (int)
                nccl.allGather.invokeExact(own.address(), all.address(), own.length(), type(own), handle, stream));
    }

    private static int type(CudaBuffer buffer) {
        return buffer.type() == ElementType.BFLOAT16 ? NcclFunctions.BFLOAT16 : NcclFunctions.FLOAT32;
    }

    private void group(NcclFunctions.Call calls) {
        check(NcclFunctions.status(() -> (int) nccl.groupStart.invokeExact()));
        int status = NcclFunctions.status(calls);
        int ended = NcclFunctions.status(() -> (int) nccl.groupEnd.invokeExact());
        check(status == SUCCESS ? ended : status);
    }

    private void check(int status) {
        if (status != SUCCESS) {
            throw failure(device, nccl, status);
        }
    }

    private static LstmGpuException failure(CudaDevice device, NcclFunctions nccl, int status) {
        String reason = "NCCL reports " + nccl.text(status);
        if (status == NcclFunctions.INVALID_USAGE) {
            return new LstmGpuException(
                    ExitCode.FAILED, OWN_GPU.formatted(device.info().name(), nccl.text(status)));
        }
        return device.context().check().libraryFailure("adding up gradients", reason, false);
    }

    /** What has gone wrong in a collective that was put into a queue; null if nothing. For any thread. */
    public synchronized String problem() {
        if (gone) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(JAVA_INT);
            int asked = NcclFunctions.status(() -> (int) nccl.asyncError.invokeExact(handle, target));
            int status = asked == SUCCESS ? target.get(JAVA_INT, 0) : asked;
            return status == SUCCESS ? null : nccl.text(status);
        }
    }

    /** Has collectives end that wait for other ranks, whatever they leave. For any thread. */
    public synchronized void abort() {
        if (!gone) {
            gone = true;
            NcclFunctions.status(() -> (int) nccl.abort.invokeExact(handle));
        }
    }

    @Override
    public synchronized void close() {
        if (!gone) {
            gone = true;
            NcclFunctions.status(() -> (int) nccl.destroy.invokeExact(handle));
        }
    }
}
