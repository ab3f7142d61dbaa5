package lstmgpu.backend.kernels;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;

/**
 * The tensors of each layer, cut out of a buffer with the layout {@link ParameterLayout#ofRnn}.
 *
 * @param projections empty where h is not projected
 * @param peepholes empty where no gate sees c
 * @param norms null where nothing is normalised
 */
record RnnTensors(
        KernelBuffer[] inputWeights,
        KernelBuffer[] recurrentWeights,
        KernelBuffer[] inputBiases,
        KernelBuffer[] recurrentBiases,
        KernelBuffer[] projections,
        KernelBuffer[] peepholes,
        Norms norms) {

    /** Gains and shifts of the norms, by layer. */
    record Norms(
            KernelBuffer[] inputGains,
            KernelBuffer[] recurrentGains,
            KernelBuffer[] cellGains,
            KernelBuffer[] cellShifts) {}

    static RnnTensors of(KernelBuffer flat, ParameterLayout layout, RnnShape shape) {
        int layers = shape.layers();
        return new RnnTensors(
                views(flat, layout, CellTensor.INPUT_WEIGHT, layers),
                views(flat, layout, CellTensor.RECURRENT_WEIGHT, layers),
                views(flat, layout, CellTensor.INPUT_BIAS, layers),
                views(flat, layout, CellTensor.RECURRENT_BIAS, layers),
                views(flat, layout, CellTensor.PROJECTION_WEIGHT, shape.projects() ? layers : 0),
                views(flat, layout, CellTensor.PEEPHOLE_WEIGHT, shape.cell().peepholes() > 0 ? layers : 0),
                shape.cell().normalises() ? norms(flat, layout, layers) : null);
    }

    private static Norms norms(KernelBuffer flat, ParameterLayout layout, int layers) {
        return new Norms(
                views(flat, layout, CellTensor.INPUT_GAIN, layers),
                views(flat, layout, CellTensor.RECURRENT_GAIN, layers),
                views(flat, layout, CellTensor.CELL_GAIN, layers),
                views(flat, layout, CellTensor.CELL_SHIFT, layers));
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
