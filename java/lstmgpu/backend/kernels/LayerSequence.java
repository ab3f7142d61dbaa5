package lstmgpu.backend.kernels;

/**
 * What the loop over the steps of an LSTM layer reads and writes.
 *
 * @param hidden h, FLOAT32 [T+1,B,H]; the first step is the initial state
 * @param factors the same as factors of products, BFLOAT16
 * @param factorsAfter those of them that forward writes, [T,B,H]
 * @param cell c, FLOAT32 [T+1,B,H]
 * @param gates activated gates BFLOAT16 [T,B,4H], for which backward puts their gradients; null where nothing asks for gradients
 */
public record LayerSequence(
        KernelBuffer hidden, KernelBuffer factors, KernelBuffer factorsAfter, KernelBuffer cell, KernelBuffer gates) {}
