package lstmgpu.backend.kernels;

import lstmgpu.backend.ParameterLayout;

/** The tensors of each layer, cut out of a buffer with the layout {@link ParameterLayout#ofRnn}. */
record RnnTensors(
        KernelBuffer[] inputWeights,
        KernelBuffer[] recurrentWeights,
        KernelBuffer[] inputBiases,
        KernelBuffer[] recurrentBiases) {

    static RnnTensors of(KernelBuffer flat, ParameterLayout layout, int layers) {
        return new RnnTensors(
                views(flat, layout, "weight_ih_l", layers),
                views(flat, layout, "weight_hh_l", layers),
                views(flat, layout, "bias_ih_l", layers),
                views(flat, layout, "bias_hh_l", layers));
    }

    private static KernelBuffer[] views(KernelBuffer flat, ParameterLayout layout, String name, int layers) {
        KernelBuffer[] views = new KernelBuffer[layers];
        for (int layer = 0; layer < layers; layer++) {
            ParameterLayout.Slot slot = layout.slot(name + layer);
            views[layer] = flat.slice(slot.offset(), slot.length());
        }
        return views;
    }
}
