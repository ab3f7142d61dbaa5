package lstmgpu.backend;

/** What goes into the first layer. */
public sealed interface RnnInput {
    /** x [T,B,I] and, when training with a gradient wanted, dx [T,B,I], which is overwritten; dx may be null. */
    record Features(DeviceBuffer x, DeviceBuffer dx) implements RnnInput {}

    /**
     * With a small vocabulary the first input product is a table: row v holds W_ih·e_v + b_ih, so the product becomes a
     * gather and its gradient a segmented sum. The plan then neither reads the first layer's W_ih and b_ih nor adds to
     * their gradients.
     *
     * @param table [V,G·H]
     * @param tokens INT32 [T,B], each in [0, V)
     * @param dTable [V,G·H], added to; may be null when not training
     */
    record Table(DeviceBuffer table, DeviceBuffer tokens, DeviceBuffer dTable) implements RnnInput {}
}
