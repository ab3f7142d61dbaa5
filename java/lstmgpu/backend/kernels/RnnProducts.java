package lstmgpu.backend.kernels;

import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/** The products of a plan. */
final class RnnProducts {
    private final Product step;
    private final Product stepGradient;
    private final Product recurrentWeight;
    private final Product projection;
    private final Product projectionGradient;
    private final Product projectionWeight;
    private final Product[] input;
    private final Product[] inputGradient;
    private final Product[] inputWeight;

    RnnProducts(RnnSpec spec) {
        RnnShape shape = spec.shape();
        int rows = shape.gateRows();
        int shown = shape.shownSize();
        int units = shape.hiddenSize();
        int layers = shape.layers();
        step = new Product(spec.batch(), rows, shown, false, true, spec.precision());
        stepGradient = new Product(spec.batch(), shown, rows, false, false, spec.precision());
        recurrentWeight = new Product(rows, shown, spec.tokens(), true, false, spec.precision());
        projection = new Product(spec.batch(), shown, units, false, true, spec.precision());
        projectionGradient = new Product(spec.batch(), units, shown, false, false, spec.precision());
        projectionWeight = new Product(shown, units, spec.tokens(), true, false, spec.precision());
        input = new Product[layers];
        inputGradient = new Product[layers];
        inputWeight = new Product[layers];
        for (int layer = 0; layer < layers; layer++) {
            int width = shape.inputOf(layer);
            input[layer] = new Product(spec.tokens(), rows, width, false, true, spec.precision());
            inputGradient[layer] = new Product(spec.tokens(), width, rows, false, false, spec.precision());
            inputWeight[layer] = new Product(rows, width, spec.tokens(), true, false, spec.precision());
        }
    }

    /** [B,G·H] = h·W_hhᵀ. */
    Product step() {
        return step;
    }

    /** [B,R] = gate gradients·W_hh. */
    Product stepGradient() {
        return stepGradient;
    }

    /** [T·B,G·H] = x·W_ihᵀ. */
    Product input(int layer) {
        return input[layer];
    }

    /** [T·B,I] = gate gradients·W_ih. */
    Product inputGradient(int layer) {
        return inputGradient[layer];
    }

    /** [G·H,I] = gate gradientsᵀ·x. */
    Product inputWeight(int layer) {
        return inputWeight[layer];
    }

    /** [G·H,R] = gate gradientsᵀ·h. */
    Product recurrentWeight() {
        return recurrentWeight;
    }

    /** [B,P] = m·W_hrᵀ, where m is what the cells make of c. */
    Product projection() {
        return projection;
    }

    /** [B,H] = dh·W_hr. */
    Product projectionGradient() {
        return projectionGradient;
    }

    /** [P,H] = dhᵀ·m. */
    Product projectionWeight() {
        return projectionWeight;
    }
}
