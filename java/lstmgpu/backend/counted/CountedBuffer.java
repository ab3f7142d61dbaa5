package lstmgpu.backend.counted;

import java.util.Objects;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.KernelBuffer;

/** A stretch of memory that is not there. */
final class CountedBuffer implements KernelBuffer {
    private final CountedBuffer root;
    private final ElementType type;
    private final long offset;
    private final long length;
    private Runnable release;

    /** @param release called once, when the buffer is closed */
    CountedBuffer(ElementType type, long length, Runnable release) {
        this.root = this;
        this.type = type;
        this.offset = 0;
        this.length = length;
        this.release = release;
    }

    private CountedBuffer(CountedBuffer root, long offset, long length) {
        this.root = root;
        this.type = root.type;
        this.offset = offset;
        this.length = length;
    }

    /** Counted until it is closed. */
    static CountedBuffer in(MemoryCount count, ElementType type, long length, long elementBytes) {
        long taken = count.take(Math.multiplyExact(length, elementBytes));
        return new CountedBuffer(type, length, () -> count.give(taken));
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
        return root.release != null;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public KernelBuffer slice(long start, long elements) {
        Objects.checkFromIndexSize(start, elements, length);
        return new CountedBuffer(root, offset + start, elements);
    }

    @Override
    public void close() {
        if (release != null) {
            release.run();
            release = null;
        }
    }
}
