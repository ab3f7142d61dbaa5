package lstmgpu.backend;

/** What a buffer holds. A backend may compute and store more precisely than the name says; it never stores less. */
public enum ElementType {
    FLOAT32,
    INT32
}
