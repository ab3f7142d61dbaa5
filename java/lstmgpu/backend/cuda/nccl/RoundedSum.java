package lstmgpu.backend.cuda.nccl;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;

/**
 * A sum over all ranks of numbers that travel as bfloat16: each rank adds up its stretch in float32, in the order of
 * the ranks, rounds it and hands it to all. NCCL's own sum would be rounded on every way between two ranks.
 */
public final class RoundedSum {
    private final CudaDevice device;
    private final NcclCommunicator ranks;
    private final CudaBuffer values;
    private final CudaBuffer out;
    private final CudaBuffer in;
    private final CudaBuffer sum;
    private final CudaBuffer rounded;

    /** Takes memory for two rounded copies and a stretch, which it keeps until the device is closed. */
    public RoundedSum(CudaDevice device, NcclCommunicator ranks, CudaBuffer values) {
        this.device = device;
        this.ranks = ranks;
        this.values = values;
        long stretch = (values.length() + ranks.size() - 1) / ranks.size();
        this.out = allocate(ElementType.BFLOAT16, stretch * ranks.size());
        this.in = allocate(ElementType.BFLOAT16, stretch * ranks.size());
        this.sum = allocate(ElementType.FLOAT32, stretch);
        this.rounded = in.slice(0, stretch);
    }

    private CudaBuffer allocate(ElementType type, long length) {
        CudaBuffer buffer = device.own(device.alloc(type, length));
        device.onClose(buffer::close);
        return buffer;
    }

    /** Goes to the queue that is the device's now. */
    public void put() {
        convert(Kernel.NARROW, values, out, values.length());
        collective(() -> ranks.exchange(out, in));
        device.zero(sum);
        long stretch = sum.length();
        for (int rank = 0; rank < ranks.size(); rank++) {
            convert(Kernel.ACCUMULATE, in.slice(rank * stretch, stretch), sum, stretch);
        }
        convert(Kernel.NARROW, sum, rounded, stretch);
        collective(() -> ranks.allGather(rounded, out));
        convert(Kernel.WIDEN, out, values, values.length());
    }

    private void collective(Runnable call) {
        if (!device.queues().isRehearsing()) {
            call.run();
        }
    }

    private void convert(Kernel kernel, CudaBuffer from, CudaBuffer to, long count) {
        device.call(kernel, ElementType.BFLOAT16)
                .buffer(from)
                .buffer(to)
                .longInteger(count)
                .launch(kernel.blocksFor(count));
    }
}
