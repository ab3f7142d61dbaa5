package lstmgpu.network;

/** How far a {@link Pass} goes; each needs memory that those before it do not. */
public enum Purpose {
    /** The recurrent stack reads, for its state. */
    READ,
    /** The head predicts. */
    PREDICT,
    /** The predictions are judged by the targets. */
    JUDGE,
    /** And gradients go back to all weights. */
    TRAIN
}
