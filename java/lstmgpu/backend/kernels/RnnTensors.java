package lstmgpu.backend.kernels;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;

/**
 * The tensors of each layer, cut out of a buffer with the layout {@link ParameterLayout#ofRnn}.
 *
 * @param peepholes empty where no gate sees c
 */
record RnnTensors(
        KernelBuffer[] inputWeights,
        KernelBuffer[] recurrentWeights,
        KernelBuffer[] inputBiases,
        KernelBuffer[] recurrentBiases,
        KernelBuffer[] peepholes) {

    static RnnTensors of(KernelBuffer flat, ParameterLayout layout, RnnShape shape) {
        int layers = shape.layers();
        return new RnnTensors(
                views(flat, layout, CellTensor.INPUT_WEIGHT, layers),
                views(flat, layout, CellTensor.RECURRENT_WEIGHT, layers),
                views(flat, layout, CellTensor.INPUT_BIAS, layers),
                views(flat, layout, CellTensor.RECURRENT_BIAS, layers),
                views(flat, layout, CellTensor.PEEPHOLE_WEIGHT, shape.cell().peepholes() > 0 ? layers : 0));
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
