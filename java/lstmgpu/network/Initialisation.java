package lstmgpu.network;

/** How input and recurrent matrices start; the name {@code --init} takes is the lower-case one. */
public enum Initialisation {
    /** Uniform in ±1/√H, as PyTorch's recurrent modules. */
    UNIFORM,

    /** Every gate's block uniform in ±√(6/(inputs + H)) (Glorot and Bengio 2010). */
    XAVIER,

    /** Every gate's block with orthonormal rows or columns (Saxe 2014). */
    ORTHOGONAL,

    /**
     * As {@link #UNIFORM}, but the biases of the gates that keep and take in are such that what a unit has kept wears
     * off in 1 to T steps, where T is the length of the longest sequence (Tallec and Ollivier 2018).
     */
    CHRONO
}
