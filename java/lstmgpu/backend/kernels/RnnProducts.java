package lstmgpu.backend.kernels;

import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/** The shapes of a fused plan's products. */
final class RnnProducts {
    /** h [B,H] · W_hhᵀ. */
    final Product recurrent;

    /** Gate gradients [B,G·H] · W_hh. */
    final Product dRecurrent;

    /** Gate gradientsᵀ [G·H,T·B] · h. */
    final Product dRecurrentWeight;

    private final Product[] input;
    private final Product[] dInput;
    private final Product[] dInputWeight;

    RnnProducts(RnnSpec spec) {
        RnnShape shape = spec.shape();
        int rows = shape.gateRows();
        int units = shape.hiddenSize();
        recurrent = new Product(spec.batch(), rows, units, false, true, spec.precision());
        dRecurrent = new Product(spec.batch(), units, rows, false, false, spec.precision());
        dRecurrentWeight = new Product(rows, units, spec.tokens(), true, false, spec.precision());
        int layers = shape.layers();
        input = new Product[layers];
        dInput = new Product[layers];
        dInputWeight = new Product[layers];
        for (int layer = 0; layer < layers; layer++) {
            int inputs = shape.inputOf(layer);
            input[layer] = new Product(spec.tokens(), rows, inputs, false, true, spec.precision());
            dInput[layer] = new Product(spec.tokens(), inputs, rows, false, false, spec.precision());
            dInputWeight[layer] = new Product(rows, inputs, spec.tokens(), true, false, spec.precision());
        }
    }

    /** x [T·B,I] · W_ihᵀ. */
    Product input(int layer) {
        return input[layer];
    }

    /** Gate gradients [T·B,G·H] · W_ih. */
    Product dInput(int layer) {
        return dInput[layer];
    }

    /** Gate gradientsᵀ [G·H,T·B] · x. */
    Product dInputWeight(int layer) {
        return dInputWeight[layer];
    }
}
