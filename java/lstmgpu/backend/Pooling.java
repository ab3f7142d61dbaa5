package lstmgpu.backend;

/** How {@link Layers#pool} makes one vector out of a sequence's. */
public enum Pooling {
    /** The last step's. */
    LAST,
    /** The mean over the steps. */
    MEAN,
    /** The largest value of each unit over the steps. */
    MAX
}
