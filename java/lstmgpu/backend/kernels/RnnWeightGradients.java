package lstmgpu.backend.kernels;

/**
 * The gradients of the weights: products over all steps, in the second queue beside the loop of the layer below. What
 * they read is left alone until layer 0, whose call ends with the first queue waiting for the second.
 */
final class RnnWeightGradients implements AutoCloseable {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final RnnProducts products;
    private final ColumnSum columnSum;
    private final TokenGradient tokenGradient;

    /** Null where no gate sees c. */
    private final PeepholeGradient peepholeGradient;

    /** Null where nothing is normalised. */
    private final NormGradient normGradient;

    private final int rows;
    private final int columns;
    private final boolean split;

    private RnnTensors sums;
    private KernelBuffer tokens;
    private KernelBuffer dTable;

    RnnWeightGradients(KernelDevice device, RnnMemory memory, RnnProducts products) {
        this.device = device;
        this.memory = memory;
        this.products = products;
        this.columnSum = new ColumnSum(device);
        this.tokenGradient = new TokenGradient(device);
        boolean sees = memory.spec.training() && memory.spec.shape().cell().peepholes() > 0;
        this.peepholeGradient = sees ? new PeepholeGradient(device, memory) : null;
        this.normGradient = memory.normSums.length > 0 ? new NormGradient(memory, columnSum) : null;
        this.rows = memory.spec.tokens();
        this.columns = memory.spec.shape().gateRows();
        this.split = memory.spec.shape().cell().splitsLastGate();
    }

    /** Takes where the gradients are to be added. */
    void start(RnnTensors gradients) {
        start(gradients, null, null);
    }

    /**
     * The same with a table in place of the first layer's input product.
     *
     * @param ids INT32 [T,B]
     * @param tableGradient [V,G·H]
     */
    void start(RnnTensors gradients, KernelBuffer ids, KernelBuffer tableGradient) {
        sums = gradients;
        tokens = ids;
        dTable = tableGradient;
    }

    /** @param input what the layer read, as a factor; null if that was a table */
    void add(int layer, KernelBuffer input) {
        device.beside();
        try {
            addBeside(layer, input);
        } finally {
            // Where the scratch finds no memory, what the caller does next still belongs in the first queue.
            device.back();
        }
        if (layer == 0) {
            device.join();
        }
    }

    private void addBeside(int layer, KernelBuffer input) {
        KernelBuffer hiddenGates = memory.allHiddenGates[layer];
        device.multiply(
                products.recurrentWeight(),
                hiddenGates,
                memory.hiddenBefore[layer],
                true,
                sums.recurrentWeights()[layer]);
        if (memory.projection != null) {
            device.multiply(
                    products.projectionWeight(),
                    memory.projection.allDHiddenFactors[layer],
                    memory.projection.allFactors[layer],
                    true,
                    sums.projections()[layer]);
        }
        if (peepholeGradient != null) {
            peepholeGradient.add(layer, sums.peepholes()[layer]);
        }
        if (input == null) {
            columnSum.add(hiddenGates, rows, columns, sums.recurrentBiases()[layer], null);
            tokenGradient.add(memory.allGates[layer], memory.storage, tokens, columns, dTable);
        } else {
            addInput(layer, input, hiddenGates);
        }
    }

    private void addInput(int layer, KernelBuffer input, KernelBuffer hiddenGates) {
        KernelBuffer gates = memory.allGates[layer];
        device.multiply(products.inputWeight(layer), gates, input, true, sums.inputWeights()[layer]);
        if (normGradient != null) {
            normGradient.add(layer, sums);
            return;
        }
        KernelBuffer inputBias = sums.inputBiases()[layer];
        columnSum.add(hiddenGates, rows, columns, sums.recurrentBiases()[layer], split ? null : inputBias);
        if (split) {
            columnSum.add(gates, rows, columns, inputBias, null);
        }
    }

    @Override
    public void close() {
        columnSum.close();
        tokenGradient.close();
        if (peepholeGradient != null) {
            peepholeGradient.close();
        }
    }
}
