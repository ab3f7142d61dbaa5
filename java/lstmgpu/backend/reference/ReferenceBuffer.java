package lstmgpu.backend.reference;

import java.util.Objects;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** A stretch of a Java array: double for FLOAT32, int for INT32. */
final class ReferenceBuffer implements DeviceBuffer {
    /** The array itself, which its slices share. */
    static final class Storage {
        final ReferenceMemory memory;
        final ElementType type;
        double[] floats;
        int[] ints;

        Storage(ReferenceMemory memory, ElementType type, int length) {
            this.memory = memory;
            this.type = type;
            this.floats = type == ElementType.FLOAT32 ? new double[length] : null;
            this.ints = type == ElementType.INT32 ? new int[length] : null;
        }

        boolean isFree() {
            return floats == null && ints == null;
        }
    }

    private final Storage storage;
    private final int offset;
    private final int length;
    private final boolean whole;

    ReferenceBuffer(Storage storage, int length) {
        this(storage, 0, length, true);
    }

    private ReferenceBuffer(Storage storage, int offset, int length, boolean whole) {
        this.storage = storage;
        this.offset = offset;
        this.length = length;
        this.whole = whole;
    }

    ReferenceMemory memory() {
        return storage.memory;
    }

    boolean isFree() {
        return storage.isFree();
    }

    @Override
    public ElementType type() {
        return storage.type;
    }

    @Override
    public long length() {
        return length;
    }

    double get(int index) {
        return storage.floats[offset + Objects.checkIndex(index, length)];
    }

    void set(int index, double value) {
        storage.floats[offset + Objects.checkIndex(index, length)] = value;
    }

    void add(int index, double value) {
        storage.floats[offset + Objects.checkIndex(index, length)] += value;
    }

    int getInt(int index) {
        return storage.ints[offset + Objects.checkIndex(index, length)];
    }

    void setInt(int index, int value) {
        storage.ints[offset + Objects.checkIndex(index, length)] = value;
    }

    @Override
    public ReferenceBuffer slice(long sliceOffset, long sliceLength) {
        memory().requireUsable(this, "the buffer to slice");
        Objects.checkFromIndexSize(sliceOffset, sliceLength, (long) length);
        return new ReferenceBuffer(storage, offset + (int) sliceOffset, (int) sliceLength, false);
    }

    @Override
    public void close() {
        if (whole && !storage.isFree()) {
            storage.memory.released(storage.type, length);
            storage.floats = null;
            storage.ints = null;
        }
    }
}
