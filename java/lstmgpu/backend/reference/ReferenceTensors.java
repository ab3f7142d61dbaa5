package lstmgpu.backend.reference;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;

/** A stack's parameters or their gradients, by layer and direction. */
record ReferenceTensors(ParameterLayout layout, ReferenceBuffer buffer) {
    ReferenceBuffer of(CellTensor tensor, int layer, boolean reverse) {
        ParameterLayout.Slot slot = layout.slot(tensor.in(layer, reverse));
        return buffer.slice(slot.offset(), slot.length());
    }

    ReferenceLayer.Recurrent recurrent(int layer, boolean reverse) {
        return new ReferenceLayer.Recurrent(
                of(CellTensor.RECURRENT_WEIGHT, layer, reverse),
                of(CellTensor.RECURRENT_BIAS, layer, reverse),
                has(CellTensor.PEEPHOLE_WEIGHT, layer) ? of(CellTensor.PEEPHOLE_WEIGHT, layer, reverse) : null);
    }

    private boolean has(CellTensor tensor, int layer) {
        return layout.slots().stream().anyMatch(slot -> slot.name().equals(tensor.in(layer)));
    }
}
