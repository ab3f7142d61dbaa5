package lstmgpu.backend.reference;

/** A matrix times a vector. */
final class ReferenceMatrix {
    private ReferenceMatrix() {}

    /** out = w·x + b; b may be null. */
    static void affine(ReferenceBuffer w, ReferenceBuffer b, double[] x, double[] out) {
        for (int row = 0; row < out.length; row++) {
            double sum = b == null ? 0 : b.get(row);
            for (int i = 0; i < x.length; i++) {
                sum += w.get(row * x.length + i) * x[i];
            }
            out[row] = sum;
        }
    }

    /** dx += wᵀ·dOut; dw += dOut·xᵀ; db += dOut, where it is not null. */
    static void affineGradient(
            ReferenceBuffer w, double[] x, double[] dOut, double[] dx, ReferenceBuffer dw, ReferenceBuffer db) {
        for (int row = 0; row < dOut.length; row++) {
            for (int i = 0; i < x.length; i++) {
                dx[i] += w.get(row * x.length + i) * dOut[row];
                dw.add(row * x.length + i, dOut[row] * x[i]);
            }
            if (db != null) {
                db.add(row, dOut[row]);
            }
        }
    }
}
