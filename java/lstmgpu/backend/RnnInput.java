package lstmgpu.backend;

/** What goes into the first layer. */
public sealed interface RnnInput {
    /**
     * INT32 [B], each in [1, T]: the steps that a sequence has, those behind them being padding; null where all have T.
     * Only for a plan that was made for them ({@link RnnSpec#lengths}).
     */
    DeviceBuffer lengths();

    /** x [T,B,I] and, when training with a gradient wanted, dx [T,B,I], which is overwritten; dx may be null. */
    record Features(DeviceBuffer x, DeviceBuffer dx, DeviceBuffer lengths) implements RnnInput {
        /** Of sequences of T steps. */
        public Features(DeviceBuffer x, DeviceBuffer dx) {
            this(x, dx, null);
        }
    }

    /**
     * With a small vocabulary the first input product is a table: row v holds W_ih·e_v + b_ih, so the product becomes a
     * gather and its gradient a segmented sum. The plan then neither reads the first layer's W_ih and b_ih nor adds to
     * their gradients. Not for bidirectional stacks.
     *
     * @param table [V,G·H]
     * @param tokens INT32 [T,B], each in [0, V)
     * @param dTable [V,G·H], added to; may be null when not training
     */
    record Table(DeviceBuffer table, DeviceBuffer tokens, DeviceBuffer dTable, DeviceBuffer lengths)
            implements RnnInput {
        /** Of sequences of T steps. */
        public Table(DeviceBuffer table, DeviceBuffer tokens, DeviceBuffer dTable) {
            this(table, tokens, dTable, null);
        }
    }
}
