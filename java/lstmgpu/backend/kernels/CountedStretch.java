package lstmgpu.backend.kernels;

import java.util.Objects;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.counted.CountedBuffer;

/** A stretch of a device's memory that is not there. */
final class CountedStretch implements KernelBuffer {
    private final CountedBuffer memory;
    private final CountedStretch root;
    private final long offset;
    private final long length;

    /** All of it; closing this closes it. */
    CountedStretch(CountedBuffer memory) {
        this.memory = memory;
        this.root = this;
        this.offset = 0;
        this.length = memory.length();
    }

    private CountedStretch(CountedStretch root, long offset, long length) {
        this.memory = root.memory;
        this.root = root;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public KernelBuffer root() {
        return root;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public boolean isOpen() {
        return memory.isHeld();
    }

    @Override
    public ElementType type() {
        return memory.type();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public KernelBuffer slice(long start, long elements) {
        Objects.checkFromIndexSize(start, elements, length);
        return new CountedStretch(root, offset + start, elements);
    }

    @Override
    public void close() {
        if (root == this) {
            memory.close();
        }
    }
}
