package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;
import lstmgpu.backend.counted.CountedBuffer;
import lstmgpu.backend.counted.MemoryCount;

/**
 * The twin of a device of kernels. A step is run when it is captured, so that memory taken at the first use counts too;
 * {@link #allocatedBytes} is the most that was held at a time.
 */
public final class CountedDevice implements KernelDevice {
    private final KernelDevice like;
    private final MemoryCount count;
    private final KernelCall call = new NoCall();

    public CountedDevice(KernelDevice like) {
        this.like = like;
        this.count = new MemoryCount(like::blockBytes);
    }

    /** Arguments go nowhere. */
    private static final class NoCall implements KernelCall {
        @Override
        public KernelCall buffer(DeviceBuffer buffer) {
            return this;
        }

        @Override
        public KernelCall integer(int value) {
            return this;
        }

        @Override
        public KernelCall longInteger(long value) {
            return this;
        }

        @Override
        public KernelCall real(float value) {
            return this;
        }

        @Override
        public void launch(long x, long y) {}
    }

    @Override
    public DeviceInfo info() {
        return like.info();
    }

    @Override
    public KernelBuffer alloc(ElementType type, long length) {
        return new CountedStretch(CountedBuffer.in(count, type, length, type.bytes()));
    }

    @Override
    public void upload(MemorySegment source, KernelBuffer target) {}

    @Override
    public void download(KernelBuffer source, float[] target) {}

    @Override
    public void download(KernelBuffer source, int[] target) {}

    @Override
    public void zero(KernelBuffer target) {}

    @Override
    public void copy(KernelBuffer source, KernelBuffer target) {}

    @Override
    public void synchronize() {}

    @Override
    public long allocatedBytes() {
        return count.most();
    }

    @Override
    public long freeBytes() {
        return like.freeBytes();
    }

    @Override
    public long blockBytes(long bytes) {
        return like.blockBytes(bytes);
    }

    @Override
    public KernelCall call(Kernel kernel, ElementType storage) {
        return call;
    }

    @Override
    public void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {}

    @Override
    public void beside() {}

    @Override
    public void back() {}

    @Override
    public void join() {}

    @Override
    public Step capture(Runnable body) {
        body.run();
        return Step.of(() -> {});
    }

    @Override
    public void close() {}
}
