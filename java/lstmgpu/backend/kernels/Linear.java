package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;

/**
 * Linear layers and their gradients: products of the device, whose factors are rounded first where the precision asks
 * for it.
 */
final class Linear implements AutoCloseable {
    private final KernelDevice device;
    private final WeightCopies weights;
    private final Bias biases;
    private final Clusters clusters;
    private final Scratch roundedX;
    private final Scratch roundedSlope;
    private final List<Product> products = new ArrayList<>();

    Linear(KernelDevice device, WeightCopies weights) {
        this.device = device;
        this.weights = weights;
        this.biases = new Bias(device);
        this.clusters = new Clusters(device);
        this.roundedX = new Scratch(device);
        this.roundedSlope = new Scratch(device);
    }

    void forward(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
        int rows = spec.rows();
        int inputSize = spec.inputSize();
        int outputSize = spec.outputSize();
        long inputs = (long) rows * inputSize;
        KernelBuffer in = KernelArguments.floats(x, inputs, "x");
        KernelBuffer weight = KernelArguments.floats(w, (long) outputSize * inputSize, "w");
        KernelBuffer bias = KernelArguments.floatsOrNull(b, outputSize, "b");
        KernelBuffer out = KernelArguments.floats(y, (long) rows * outputSize, "y");
        if (spec.counted() != null) {
            clusters.clearBehind(in, spec.counted(), rows, inputSize);
        }
        Product product = product(rows, outputSize, inputSize, false, true, spec.precision());
        KernelBuffer first = factor(in, inputs, spec.precision(), roundedX);
        device.multiply(product, first, weightFactor(weight, spec.precision()), false, out);
        if (bias != null) {
            biases.add(bias, out, rows, outputSize);
        }
    }

    void backward(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            LinearSpec spec,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db) {
        int rows = spec.rows();
        int inputSize = spec.inputSize();
        int outputSize = spec.outputSize();
        long inputs = (long) rows * inputSize;
        long outputs = (long) rows * outputSize;
        long elements = (long) outputSize * inputSize;
        KernelBuffer in = KernelArguments.floats(x, inputs, "x");
        KernelBuffer weight = KernelArguments.floats(w, elements, "w");
        KernelBuffer slope = KernelArguments.floats(dy, outputs, "dy");
        KernelBuffer dIn = KernelArguments.floatsOrNull(dx, inputs, "dx");
        KernelBuffer dWeight = KernelArguments.floats(dw, elements, "dw");
        KernelBuffer dBias = KernelArguments.floatsOrNull(db, outputSize, "db");
        if (spec.counted() != null) {
            clusters.clearBehind(in, spec.counted(), rows, inputSize);
            clusters.clearBehind(slope, spec.counted(), rows, outputSize);
        }
        KernelBuffer dOut = factor(slope, outputs, spec.precision(), roundedSlope);
        if (dIn != null) {
            Product product = product(rows, inputSize, outputSize, false, false, spec.precision());
            device.multiply(product, dOut, weightFactor(weight, spec.precision()), addToDx, dIn);
        }
        Product product = product(outputSize, inputSize, rows, true, false, spec.precision());
        device.multiply(product, dOut, factor(in, inputs, spec.precision(), roundedX), true, dWeight);
        if (dBias != null) {
            biases.addGradient(slope, rows, outputSize, dBias);
        }
    }

    private KernelBuffer weightFactor(KernelBuffer weight, Precision precision) {
        return KernelArguments.storage(precision) == ElementType.FLOAT32 ? weight : weights.of(weight);
    }

    /** What a product takes: the buffer itself, or its elements rounded. */
    private KernelBuffer factor(KernelBuffer x, long length, Precision precision, Scratch scratch) {
        if (KernelArguments.storage(precision) == ElementType.FLOAT32) {
            return x;
        }
        KernelBuffer rounded = scratch.atLeast(ElementType.BFLOAT16, length);
        Rounding.round(device, x, rounded, length);
        return rounded;
    }

    /** A product is made once for each shape, so that a step makes none. */
    private Product product(int rows, int columns, int depth, boolean first, boolean second, Precision precision) {
        for (int i = 0; i < products.size(); i++) {
            Product known = products.get(i);
            if (known.rows() == rows
                    && known.columns() == columns
                    && known.depth() == depth
                    && known.transposeA() == first
                    && known.transposeB() == second
                    && known.precision() == precision) {
                return known;
            }
        }
        Product made = new Product(rows, columns, depth, first, second, precision);
        products.add(made);
        return made;
    }

    @Override
    public void close() {
        biases.close();
        roundedX.close();
        roundedSlope.close();
    }
}
