package lstmgpu.backend;

/** What a buffer holds. A backend may compute and store more precisely than the name says; it never stores less. */
public enum ElementType {
    FLOAT32(4),
    INT32(4),
    /** The upper half of a FLOAT32. Backends that compute with it allocate it for themselves; others refuse it. */
    BFLOAT16(2);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }
}
