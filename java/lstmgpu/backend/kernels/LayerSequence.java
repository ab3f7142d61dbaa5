package lstmgpu.backend.kernels;

/**
 * What the loop over the steps of a layer reads and writes.
 *
 * @param hidden h, FLOAT32 [T+1,B,H]; the first step is the initial state
 * @param factors the same as factors of products, BFLOAT16
 * @param factorsAfter those of them that forward writes, [T,B,H]
 * @param cell LSTM's c, FLOAT32 [T+1,B,H]; otherwise null
 * @param gates activated gates BFLOAT16 [T,B,G·H], for which backward puts their gradients (of the input's side); null
 *     where nothing asks for gradients, as are the two that follow
 * @param recurrentNew the hidden side of a split last gate, GRU's W_hn·h + b_hn, BFLOAT16 [T,B,H]; otherwise null
 * @param hiddenGates gate gradients of the hidden side BFLOAT16 [T,B,G·H]; the same as gates but where the last gate is
 *     split
 */
public record LayerSequence(
        KernelBuffer hidden,
        KernelBuffer factors,
        KernelBuffer factorsAfter,
        KernelBuffer cell,
        KernelBuffer gates,
        KernelBuffer recurrentNew,
        KernelBuffer hiddenGates) {
    /** What the cell takes from the step before and keeps in FLOAT32: c where there is one, else h. */
    public KernelBuffer states() {
        return cell == null ? hidden : cell;
    }
}
