package lstmgpu.backend.kernels;

/** Projects h of a step, h = W_hr·m (Sak 2014), where m is what the cells made of c, and goes back. */
final class RnnProjection {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final ProjectionMemory own;
    private final RnnProducts products;

    RnnProjection(KernelDevice device, RnnMemory memory, RnnProducts products) {
        this.device = device;
        this.memory = memory;
        this.own = memory.projection;
        this.products = products;
    }

    /** @param weights W_hr [P,H] as a factor */
    void forward(int layer, int step, KernelBuffer weights) {
        KernelBuffer h = memory.hidden[layer][step + 1];
        device.multiply(products.projection(), own.factors(layer, step), weights, false, h);
        if (!memory.isFloat()) {
            Rounding.round(device, h, memory.hiddenFactors[layer][step + 1], h.length());
        }
    }

    /**
     * Begins a layer's way back.
     *
     * @param dy gradient of its h from above [T,B,P]; left as it is
     */
    void begin(int layer, KernelBuffer dy) {
        device.copy(dy, own.allDHidden[layer]);
    }

    /**
     * The gradient of m, into {@link RnnMemory#dRecurrent}.
     *
     * @param weights W_hr [P,H] as a factor
     */
    void backward(int layer, int step, KernelBuffer weights) {
        KernelBuffer dh = own.dHiddenFactors[layer][step];
        if (!memory.isFloat()) {
            Rounding.round(device, own.dHidden[layer][step], dh, dh.length());
        }
        device.multiply(products.projectionGradient(), dh, weights, false, memory.dRecurrent);
    }

    /**
     * Adds to the gradient of h of the step before what flows there through W_hh.
     *
     * @param weights W_hh [G·H,P] as a factor
     */
    void toStepBefore(int layer, int step, KernelBuffer weights) {
        KernelBuffer gates = memory.hiddenGates[layer][step];
        device.multiply(products.stepGradient(), gates, weights, true, own.dHidden[layer][step - 1]);
    }
}
