package lstmgpu.backend;

/** The type of a product's factors. Sums, states, master weights and the optimiser are float32 in every case. */
public enum Precision {
    FP32,
    TF32,
    BF16
}
