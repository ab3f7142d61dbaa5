package lstmgpu.backend.cpu;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LogSoftmaxSpec;

/** What an adaptive softmax has beside a plain one: clusters of tokens; of logits a worker does some of the rows. */
final class Clusters implements WorkerPool.Task {
    private CpuBuffer logits;
    private CpuBuffer outer;
    private CpuBuffer out;
    private LogSoftmaxSpec spec;

    /** So little that it is not worth dividing. */
    static void partition(DeviceBuffer ids, DeviceBuffer limits, int behind, ClusterRows rows) {
        CpuBuffer tokens = CpuArguments.ints(ids, 0, "tokens");
        CpuBuffer cutoffs = CpuArguments.ints(limits, 2, "cutoffs");
        int count = Math.toIntExact(tokens.length());
        int clusters = Math.toIntExact(cutoffs.length() - 1);
        CpuBuffer entries = CpuArguments.ints(rows.entries(), count, "entries");
        CpuBuffer places = CpuArguments.ints(rows.places(), (long) clusters * count, "places");
        CpuBuffer inside = CpuArguments.ints(rows.inside(), (long) clusters * count, "inside");
        CpuBuffer counts = CpuArguments.ints(rows.counts(), clusters, "counts");
        for (int k = 0; k < clusters; k++) {
            counts.setInt(k, 0);
        }
        for (int n = 0; n < count; n++) {
            int token = tokens.getInt(n);
            if (token < 0 || token >= cutoffs.getInt(clusters)) {
                throw new IllegalArgumentException(
                        "token " + token + " is outside [0, " + cutoffs.getInt(clusters) + ")");
            }
            int k = clusters - 1;
            while (k >= 0 && token < cutoffs.getInt(k)) {
                k--;
            }
            entries.setInt(n, k < 0 ? token : cutoffs.getInt(0) + k);
            if (k >= 0) {
                int found = counts.getInt(k);
                places.setInt((long) k * count + found, n);
                inside.setInt((long) k * count + found, token - cutoffs.getInt(k));
                counts.setInt(k, found + 1);
            }
        }
        for (int k = 0; k < clusters; k++) {
            for (int i = counts.getInt(k); i < count; i++) {
                places.setInt((long) k * count + i, 0);
                inside.setInt((long) k * count + i, behind);
            }
        }
    }

    Clusters logSoftmax(DeviceBuffer scores, DeviceBuffer around, LogSoftmaxSpec sizes, DeviceBuffer target) {
        spec = sizes;
        logits = CpuArguments.floats(scores, Math.multiplyExact((long) sizes.rows(), sizes.width()), "logits");
        outer = CpuArguments.floatsOrNull(around, Math.multiplyExact((long) sizes.rows(), sizes.outerWidth()), "outer");
        out = CpuArguments.floats(target, Math.multiplyExact((long) sizes.rows(), sizes.outputs()), "out");
        return this;
    }

    @Override
    public void run(Worker worker) {
        int widest = Math.max(spec.width(), spec.outerWidth());
        float[] row = worker.tile(0, widest);
        float[] exp = worker.tile(1, widest);
        int[] exponents = worker.intTile(0, widest);
        int end = worker.to(spec.rows(), 1);
        for (int n = worker.from(spec.rows(), 1); n < end; n++) {
            float log = 0;
            if (outer != null) {
                outer.read((long) n * spec.outerWidth(), row, 0, spec.outerWidth());
                log = row[spec.entry()] - logSum(row, exp, exponents, spec.outerWidth());
            }
            logits.read((long) n * spec.width(), row, 0, spec.width());
            log -= logSum(row, exp, exponents, spec.width());
            VectorMath.subtract(row, -log, spec.kept());
            out.write(row, 0, (long) n * spec.outputs() + spec.at(), spec.kept());
        }
    }

    private static float logSum(float[] row, float[] exp, int[] exponents, int width) {
        float most = Float.NEGATIVE_INFINITY;
        for (int v = 0; v < width; v++) {
            most = Math.max(most, row[v]);
        }
        VectorMath.expOfDifference(row, most, exp, exponents, width);
        return (float) (most + Math.log(VectorMath.sum(exp, 0, width)));
    }
}
