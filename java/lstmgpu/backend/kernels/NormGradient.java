package lstmgpu.backend.kernels;

/** The gradients of a layer's norms and their biases: the sums over the steps that its cells left, over sequences. */
final class NormGradient {
    private final int sequences;
    private final int rows;
    private final int units;
    private final ColumnSum columnSum;

    /** Per layer the parts of {@link RnnMemory#normSums}: for g_x, g_h and b [B,4H], for g_c and b_c [B,H]. */
    private final KernelBuffer[][] parts;

    NormGradient(RnnMemory memory, ColumnSum columnSum) {
        this.sequences = memory.spec.batch();
        this.rows = memory.spec.shape().gateRows();
        this.units = memory.spec.shape().hiddenSize();
        this.columnSum = columnSum;
        this.parts = new KernelBuffer[memory.normSums.length][];
        long gates = memory.gateBlock();
        long block = memory.unitBlock();
        for (int layer = 0; layer < parts.length; layer++) {
            KernelBuffer all = memory.normSums[layer];
            parts[layer] = new KernelBuffer[] {
                all.slice(0, gates),
                all.slice(gates, gates),
                all.slice(2 * gates, gates),
                all.slice(3 * gates, block),
                all.slice(3 * gates + block, block)
            };
        }
    }

    void add(int layer, RnnTensors sums) {
        KernelBuffer[] own = parts[layer];
        columnSum.add(own[0], sequences, rows, sums.norms().inputGains()[layer], null);
        columnSum.add(own[1], sequences, rows, sums.norms().recurrentGains()[layer], null);
        columnSum.add(own[2], sequences, rows, sums.recurrentBiases()[layer], sums.inputBiases()[layer]);
        columnSum.add(own[3], sequences, units, sums.norms().cellGains()[layer], null);
        columnSum.add(own[4], sequences, units, sums.norms().cellShifts()[layer], null);
    }
}
