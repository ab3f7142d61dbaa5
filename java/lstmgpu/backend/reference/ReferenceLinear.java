package lstmgpu.backend.reference;

/** y = x·wᵀ + b and its gradients. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    static void forward(
            ReferenceBuffer x,
            ReferenceBuffer w,
            ReferenceBuffer b,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer y) {
        for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputSize; o++) {
                double sum = b == null ? 0 : b.get(o);
                for (int i = 0; i < inputSize; i++) {
                    sum += x.get(n * inputSize + i) * w.get(o * inputSize + i);
                }
                y.set(n * outputSize + o, sum);
            }
        }
    }

    /** dx = dy·w, or dx += dy·w; nothing where dx is null. */
    static void inputGrad(
            ReferenceBuffer w,
            ReferenceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer dx,
            boolean addToDx) {
        if (dx == null) {
            return;
        }
        for (int n = 0; n < rows; n++) {
            for (int i = 0; i < inputSize; i++) {
                double sum = addToDx ? dx.get(n * inputSize + i) : 0;
                for (int o = 0; o < outputSize; o++) {
                    sum += dy.get(n * outputSize + o) * w.get(o * inputSize + i);
                }
                dx.set(n * inputSize + i, sum);
            }
        }
    }

    /** dw += dyᵀ·x; db += column sums of dy. */
    static void weightGrad(
            ReferenceBuffer x,
            ReferenceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer dw,
            ReferenceBuffer db) {
        for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputSize; o++) {
                double slope = dy.get(n * outputSize + o);
                for (int i = 0; i < inputSize; i++) {
                    dw.add(o * inputSize + i, slope * x.get(n * inputSize + i));
                }
                if (db != null) {
                    db.add(o, slope);
                }
            }
        }
    }
}
