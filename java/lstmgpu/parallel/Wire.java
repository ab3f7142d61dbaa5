package lstmgpu.parallel;

/** What gradients are rounded to where they travel; their sums are float32 and then travel alike. */
public enum Wire {
    FP32,
    BF16
}
