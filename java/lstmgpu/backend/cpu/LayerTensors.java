package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;

/**
 * Where a layer's tensors begin; the projection and peepholes are nowhere where there are none, norms null where
 * nothing has them.
 */
record LayerTensors(
        long inputWeight,
        long recurrentWeight,
        long inputBias,
        long recurrentBias,
        long projection,
        long peepholes,
        Norms norms) {
    /** Where the tensors of a layer's norms begin. */
    record Norms(long inputGain, long recurrentGain, long cellGain, long cellShift) {}

    /** Those of all layers. */
    static LayerTensors[] of(ParameterLayout layout, RnnShape shape) {
        LayerTensors[] tensors = new LayerTensors[shape.layers()];
        for (int layer = 0; layer < tensors.length; layer++) {
            tensors[layer] = new LayerTensors(
                    offset(layout, CellTensor.INPUT_WEIGHT, layer),
                    offset(layout, CellTensor.RECURRENT_WEIGHT, layer),
                    offset(layout, CellTensor.INPUT_BIAS, layer),
                    offset(layout, CellTensor.RECURRENT_BIAS, layer),
                    shape.projects() ? offset(layout, CellTensor.PROJECTION_WEIGHT, layer) : -1,
                    shape.cell().peepholes() > 0 ? offset(layout, CellTensor.PEEPHOLE_WEIGHT, layer) : -1,
                    shape.cell().normalises() ? norms(layout, layer) : null);
        }
        return tensors;
    }

    private static Norms norms(ParameterLayout layout, int layer) {
        return new Norms(
                offset(layout, CellTensor.INPUT_GAIN, layer),
                offset(layout, CellTensor.RECURRENT_GAIN, layer),
                offset(layout, CellTensor.CELL_GAIN, layer),
                offset(layout, CellTensor.CELL_SHIFT, layer));
    }

    private static long offset(ParameterLayout layout, CellTensor tensor, int layer) {
        return layout.slot(tensor.in(layer)).offset();
    }
}
