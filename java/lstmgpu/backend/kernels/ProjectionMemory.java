package lstmgpu.backend.kernels;

import java.util.function.BiFunction;
import lstmgpu.backend.ElementType;

/**
 * What lies between the cells and a projected h: m, what the cells make of c, and the gradients of both. With FLOAT32
 * factors everything is its own factor; with others the numbers of one step, or of one layer, are rounded to it.
 */
final class ProjectionMemory {
    private final KernelBuffer[][] outputs;
    private final KernelBuffer[][] factors;

    /** Per layer m of all steps as a factor [T,B,H]. */
    final KernelBuffer[] allFactors;

    /** Per layer and step the gradient of h [B,P], FLOAT32; null when not training, as are the others. */
    final KernelBuffer[][] dHidden;

    /** The same as a factor; with FLOAT32 factors the very same buffers. */
    final KernelBuffer[][] dHiddenFactors;

    /** Per layer the gradient of h of all steps [T,B,P], FLOAT32. */
    final KernelBuffer[] allDHidden;

    /** The same as a factor. */
    final KernelBuffer[] allDHiddenFactors;

    /** Zeros [B,H]: all that reaches m from above reaches it through h. */
    final KernelBuffer nothing;

    /** @param alloc takes memory of that type and length, which whoever gives it frees */
    ProjectionMemory(RnnMemory memory, BiFunction<ElementType, Long, KernelBuffer> alloc) {
        boolean single = memory.isFloat();
        boolean training = memory.spec.training();
        int steps = memory.spec.steps();
        int layers = memory.spec.shape().layers();
        long units = memory.unitBlock();
        long shown = memory.shownBlock();
        outputs = new KernelBuffer[layers][];
        factors = new KernelBuffer[layers][];
        allFactors = new KernelBuffer[layers];
        dHidden = new KernelBuffer[layers][];
        dHiddenFactors = new KernelBuffer[layers][];
        allDHidden = new KernelBuffer[layers];
        allDHiddenFactors = new KernelBuffer[layers];
        KernelBuffer step = single ? null : alloc.apply(ElementType.FLOAT32, units);
        KernelBuffer slopes = single || !training ? null : alloc.apply(ElementType.FLOAT32, steps * shown);
        for (int layer = 0; layer < layers; layer++) {
            allFactors[layer] = alloc.apply(memory.storage, steps * units);
            factors[layer] = Cuts.blocks(allFactors[layer], steps, units);
            outputs[layer] = single ? factors[layer] : new KernelBuffer[] {step};
            if (training) {
                allDHiddenFactors[layer] = alloc.apply(memory.storage, steps * shown);
                dHiddenFactors[layer] = Cuts.blocks(allDHiddenFactors[layer], steps, shown);
                allDHidden[layer] = single ? allDHiddenFactors[layer] : slopes;
                dHidden[layer] = single ? dHiddenFactors[layer] : Cuts.blocks(slopes, steps, shown);
            }
        }
        nothing = training ? alloc.apply(ElementType.FLOAT32, units) : null;
    }

    /** m of a step, FLOAT32 [B,H]. */
    KernelBuffer outputs(int layer, int step) {
        return outputs[layer].length == 1 ? outputs[layer][0] : outputs[layer][step];
    }

    /** The same as a factor. */
    KernelBuffer factors(int layer, int step) {
        return factors[layer][step];
    }
}
