package lstmgpu.backend.reference;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Weights are drawn away from the trained ones, by p − p₀. */
final class DrawsAway extends ReferenceOptimisation {
    private final ReferenceMemory memory;

    DrawsAway(ReferenceMemory memory) {
        super(memory);
        this.memory = memory;
    }

    @Override
    public void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {
        ReferenceBuffer p = memory.floats(parameters, 0, "parameters");
        ReferenceBuffer start = memory.floats(trained, p.length(), "trained");
        ReferenceBuffer mirrored = memory.alloc(ElementType.FLOAT32, p.length());
        for (int i = 0; i < p.length(); i++) {
            mirrored.set(i, 2 * p.get(i) - start.get(i));
        }
        super.adapt(spec, parameters, gradients, mirrored, scale);
    }
}
