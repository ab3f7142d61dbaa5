package lstmgpu.backend.reference;

import java.util.List;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;

/** A stack's parameters or their gradients, by layer and direction. */
record ReferenceTensors(ParameterLayout layout, ReferenceBuffer buffer) {
    /** Those that {@link ReferenceLayerNormLstm} takes for its own, in its order. */
    private static final List<CellTensor> NORMS = List.of(
            CellTensor.INPUT_GAIN,
            CellTensor.RECURRENT_GAIN,
            CellTensor.INPUT_BIAS,
            CellTensor.RECURRENT_BIAS,
            CellTensor.CELL_GAIN,
            CellTensor.CELL_SHIFT);

    ReferenceBuffer of(CellTensor tensor, int layer, boolean reverse) {
        ParameterLayout.Slot slot = layout.slot(tensor.in(layer, reverse));
        return buffer.slice(slot.offset(), slot.length());
    }

    ReferenceLayer.Recurrent recurrent(int layer, boolean reverse) {
        List<CellTensor> own = normalises()
                ? NORMS
                : has(CellTensor.PEEPHOLE_WEIGHT, layer) ? List.of(CellTensor.PEEPHOLE_WEIGHT) : List.of();
        return new ReferenceLayer.Recurrent(
                of(CellTensor.RECURRENT_WEIGHT, layer, reverse),
                normalises() ? null : of(CellTensor.RECURRENT_BIAS, layer, reverse),
                has(CellTensor.PROJECTION_WEIGHT, layer) ? of(CellTensor.PROJECTION_WEIGHT, layer, reverse) : null,
                own.stream().map(tensor -> of(tensor, layer, reverse)).toList());
    }

    /** b_ih; null where it is one of the cell's own. */
    ReferenceBuffer inputBias(int layer, boolean reverse) {
        return normalises() ? null : of(CellTensor.INPUT_BIAS, layer, reverse);
    }

    private boolean normalises() {
        return has(CellTensor.CELL_GAIN, 0);
    }

    private boolean has(CellTensor tensor, int layer) {
        return layout.slots().stream().anyMatch(slot -> slot.name().equals(tensor.in(layer)));
    }
}
