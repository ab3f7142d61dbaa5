package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;

/**
 * A layer's tensors in a buffer of parameters or gradients.
 *
 * @param inputFactor W_ih as a factor of products: the weights themselves or their rounded copy; likewise recurrentFactor
 */
record RnnTensors(
        KernelBuffer inputWeight,
        KernelBuffer recurrentWeight,
        KernelBuffer inputBias,
        KernelBuffer recurrentBias,
        KernelBuffer inputFactor,
        KernelBuffer recurrentFactor) {

    /** The tensors of every layer, with weights as factors of the storage given. */
    static RnnTensors[] ofParameters(
            KernelBuffer parameters, ParameterLayout layout, int layers, ElementType storage, WeightCopies copies) {
        RnnTensors[] tensors = ofGradients(parameters, layout, layers);
        if (storage == ElementType.BFLOAT16) {
            for (int layer = 0; layer < layers; layer++) {
                RnnTensors own = tensors[layer];
                tensors[layer] = new RnnTensors(
                        own.inputWeight(),
                        own.recurrentWeight(),
                        own.inputBias(),
                        own.recurrentBias(),
                        copies.of(own.inputWeight()),
                        copies.of(own.recurrentWeight()));
            }
        }
        return tensors;
    }

    static RnnTensors[] ofGradients(KernelBuffer gradients, ParameterLayout layout, int layers) {
        RnnTensors[] tensors = new RnnTensors[layers];
        for (int layer = 0; layer < layers; layer++) {
            KernelBuffer inputWeight = view(gradients, layout, "weight_ih_l" + layer);
            KernelBuffer recurrentWeight = view(gradients, layout, "weight_hh_l" + layer);
            tensors[layer] = new RnnTensors(
                    inputWeight,
                    recurrentWeight,
                    view(gradients, layout, "bias_ih_l" + layer),
                    view(gradients, layout, "bias_hh_l" + layer),
                    inputWeight,
                    recurrentWeight);
        }
        return tensors;
    }

    private static KernelBuffer view(KernelBuffer buffer, ParameterLayout layout, String name) {
        ParameterLayout.Slot slot = layout.slot(name);
        return buffer.slice(slot.offset(), slot.length());
    }
}
