package lstmgpu.backend.counted;

import java.util.Objects;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Memory that is not there. */
public final class CountedBuffer implements DeviceBuffer {
    private final ElementType type;
    private final long length;
    private Runnable release;

    private CountedBuffer(ElementType type, long length, Runnable release) {
        this.type = type;
        this.length = length;
        this.release = release;
    }

    /** Counted until it is closed. */
    public static CountedBuffer in(MemoryCount count, ElementType type, long length, long elementBytes) {
        long taken = count.take(Math.multiplyExact(length, elementBytes));
        return new CountedBuffer(type, length, () -> count.give(taken));
    }

    /** Whether it counts: false once closed, and of a stretch. */
    public boolean isHeld() {
        return release != null;
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
    public DeviceBuffer slice(long start, long elements) {
        Objects.checkFromIndexSize(start, elements, length);
        return new CountedBuffer(type, elements, null);
    }

    @Override
    public void close() {
        if (release != null) {
            release.run();
            release = null;
        }
    }
}
