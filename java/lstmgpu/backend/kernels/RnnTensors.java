package lstmgpu.backend.kernels;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;

/** The tensors of each layer, cut out of a buffer with the layout {@link ParameterLayout#ofRnn}. */
record RnnTensors(
        KernelBuffer[] inputWeights,
        KernelBuffer[] recurrentWeights,
        KernelBuffer[] inputBiases,
        KernelBuffer[] recurrentBiases) {

    static RnnTensors of(KernelBuffer flat, ParameterLayout layout, int layers) {
        return new RnnTensors(
                views(flat, layout, CellTensor.INPUT_WEIGHT, layers),
                views(flat, layout, CellTensor.RECURRENT_WEIGHT, layers),
                views(flat, layout, CellTensor.INPUT_BIAS, layers),
                views(flat, layout, CellTensor.RECURRENT_BIAS, layers));
    }

    private static KernelBuffer[] views(KernelBuffer flat, ParameterLayout layout, CellTensor tensor, int layers) {
        KernelBuffer[] views = new KernelBuffer[layers];
        for (int layer = 0; layer < layers; layer++) {
            ParameterLayout.Slot slot = layout.slot(tensor.in(layer));
            views[layer] = flat.slice(slot.offset(), slot.length());
        }
        return views;
    }
}
