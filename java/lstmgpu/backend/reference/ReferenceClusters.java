package lstmgpu.backend.reference;

import lstmgpu.backend.LogSoftmaxSpec;

/** What an adaptive softmax has beside a plain one: clusters of tokens. */
final class ReferenceClusters {
    private ReferenceClusters() {}

    static void partition(
            ReferenceBuffer tokens,
            ReferenceBuffer cutoffs,
            int behind,
            ReferenceBuffer entries,
            ReferenceBuffer places,
            ReferenceBuffer inside,
            ReferenceBuffer counts) {
        int rows = (int) tokens.length();
        int clusters = (int) cutoffs.length() - 1;
        for (int n = 0; n < rows; n++) {
            entries.setInt(n, ReferenceEmbedding.token(tokens, n, cutoffs.getInt(clusters)));
        }
        for (int k = 0; k < clusters; k++) {
            int found = 0;
            for (int n = 0; n < rows; n++) {
                int token = tokens.getInt(n);
                if (token >= cutoffs.getInt(k) && token < cutoffs.getInt(k + 1)) {
                    entries.setInt(n, cutoffs.getInt(0) + k);
                    places.setInt(k * rows + found, n);
                    inside.setInt(k * rows + found, token - cutoffs.getInt(k));
                    found++;
                }
            }
            counts.setInt(k, found);
            for (int i = found; i < rows; i++) {
                places.setInt(k * rows + i, 0);
                inside.setInt(k * rows + i, behind);
            }
        }
    }

    static void logSoftmax(ReferenceBuffer logits, ReferenceBuffer outer, LogSoftmaxSpec spec, ReferenceBuffer out) {
        for (int n = 0; n < spec.rows(); n++) {
            double[] row = row(logits, n, spec.width());
            double shift = ReferenceSoftmax.logSumExp(row);
            if (outer != null) {
                double[] around = row(outer, n, spec.outerWidth());
                shift -= around[spec.entry()] - ReferenceSoftmax.logSumExp(around);
            }
            for (int j = 0; j < spec.kept(); j++) {
                out.set(n * spec.outputs() + spec.at() + j, row[j] - shift);
            }
        }
    }

    private static double[] row(ReferenceBuffer from, int n, int width) {
        double[] row = new double[width];
        for (int j = 0; j < width; j++) {
            row[j] = from.get(n * width + j);
        }
        return row;
    }
}
