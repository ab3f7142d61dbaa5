package lstmgpu.network;

/** What a {@link Pass} is for; each needs other memory. */
public enum Purpose {
    /** The recurrent stack reads, for its state. */
    READ,
    /** The head predicts. */
    PREDICT,
    /** The head predicts and is judged by the targets. */
    JUDGE,
    /** The head is judged, and gradients go back to all weights. */
    TRAIN
}
