package lstmgpu.backend.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * Off-heap memory, or a view of it. Loops read and write it through heap tiles, since only those does the JIT compiler
 * vectorise.
 */
final class CpuBuffer implements DeviceBuffer {
    static final int ELEMENT_BYTES = 4;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final ElementType type;
    private final MemorySegment segment;
    private final Runnable release;

    /** @param release frees the memory; null for a view */
    CpuBuffer(ElementType type, MemorySegment segment, Runnable release) {
        this.type = type;
        this.segment = segment;
        this.release = release;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return segment.byteSize() / ELEMENT_BYTES;
    }

    @Override
    public CpuBuffer slice(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, length());
        return new CpuBuffer(type, segment.asSlice(offset * ELEMENT_BYTES, length * ELEMENT_BYTES), null);
    }

    @Override
    public void close() {
        if (release != null && segment.scope().isAlive()) {
            release.run();
        }
    }

    MemorySegment segment() {
        return segment;
    }

    /** The address of element {@code offset}, for native code. */
    long address(long offset) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the buffer is closed");
        }
        return segment.address() + offset * ELEMENT_BYTES;
    }

    void read(long offset, float[] target, int start, int count) {
        MemorySegment.copy(segment, FLOAT, offset * ELEMENT_BYTES, target, start, count);
    }

    void read(long offset, int[] target, int start, int count) {
        MemorySegment.copy(segment, INT, offset * ELEMENT_BYTES, target, start, count);
    }

    void write(float[] source, int start, long offset, int count) {
        MemorySegment.copy(source, start, segment, FLOAT, offset * ELEMENT_BYTES, count);
    }

    void write(int[] source, int start, long offset, int count) {
        MemorySegment.copy(source, start, segment, INT, offset * ELEMENT_BYTES, count);
    }

    float getFloat(long index) {
        return segment.get(FLOAT, index * ELEMENT_BYTES);
    }

    void setFloat(long index, float value) {
        segment.set(FLOAT, index * ELEMENT_BYTES, value);
    }

    int getInt(long index) {
        return segment.get(INT, index * ELEMENT_BYTES);
    }

    void setInt(long index, int value) {
        segment.set(INT, index * ELEMENT_BYTES, value);
    }

    void copyTo(long offset, CpuBuffer target, long targetOffset, long count) {
        MemorySegment.copy(
                segment, offset * ELEMENT_BYTES, target.segment, targetOffset * ELEMENT_BYTES, count * ELEMENT_BYTES);
    }

    void fill(float value) {
        if (Float.floatToRawIntBits(value) == 0) {
            clear();
            return;
        }
        float[] tile = new float[Worker.TILE];
        Arrays.fill(tile, value);
        for (long at = 0; at < length(); at += tile.length) {
            write(tile, 0, at, (int) Math.min(tile.length, length() - at));
        }
    }

    /** Sets all elements to zero. */
    void clear() {
        segment.fill((byte) 0);
    }

    /** Sets some elements to zero. */
    void clear(long from, long count) {
        segment.asSlice(from * ELEMENT_BYTES, count * ELEMENT_BYTES).fill((byte) 0);
    }
}
