package lstmgpu.network;

/** How input and recurrent matrices start; the name {@code --init} takes is the lower-case one. */
public enum Initialisation {
    /** Uniform in ±1/√H, as PyTorch's recurrent modules. */
    UNIFORM,

    /** Every gate's block uniform in ±√(6/(inputs + H)) (Glorot and Bengio 2010). */
    XAVIER,

    /** Every gate's block with orthonormal rows or columns (Saxe 2014). */
    ORTHOGONAL
}
