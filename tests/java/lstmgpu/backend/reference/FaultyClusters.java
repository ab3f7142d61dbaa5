package lstmgpu.backend.reference;

import lstmgpu.backend.Backend;
import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.LogSoftmaxSpec;

/** Backends that are right but for a mistake in what an adaptive softmax needs. */
public final class FaultyClusters {
    private FaultyClusters() {}

    public static Backend numbersRowsByToken() {
        return FaultyOperations.withLosses(NumbersRowsByToken::new);
    }

    public static Backend leavesClusterOut() {
        return FaultyOperations.withLosses(LeavesClusterOut::new);
    }

    public static Backend judgesRowsWithoutTarget() {
        return FaultyOperations.withLosses(JudgesRowsWithoutTarget::new);
    }

    public static Backend multipliesAllRows() {
        return FaultyOperations.withLayers(MultipliesAllRows::new);
    }

    /** A row's number within its cluster stays the token's number in the vocabulary. */
    private static final class NumbersRowsByToken extends ReferenceLosses {
        private final ReferenceMemory memory;

        NumbersRowsByToken(ReferenceMemory memory) {
            super(memory);
            this.memory = memory;
        }

        @Override
        public void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {
            super.partition(tokens, cutoffs, behind, rows);
            ReferenceBuffer inside = memory.ints(rows.inside(), 0, "inside");
            ReferenceBuffer counts = memory.ints(rows.counts(), 0, "counts");
            ReferenceBuffer limits = memory.ints(cutoffs, 0, "cutoffs");
            for (int cluster = 0; cluster < counts.length(); cluster++) {
                int first = cluster * (int) tokens.length();
                for (int i = 0; i < counts.getInt(cluster); i++) {
                    inside.setInt(first + i, inside.getInt(first + i) + limits.getInt(cluster));
                }
            }
        }
    }

    private static final class LeavesClusterOut extends ReferenceLosses {
        LeavesClusterOut(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {
            LogSoftmaxSpec alone =
                    new LogSoftmaxSpec(spec.rows(), spec.width(), spec.kept(), spec.outputs(), spec.at(), 0, 0);
            super.logSoftmax(logits, null, alone, out);
        }
    }

    private static final class JudgesRowsWithoutTarget extends ReferenceLosses {
        private final ReferenceMemory memory;

        JudgesRowsWithoutTarget(ReferenceMemory memory) {
            super(memory);
            this.memory = memory;
        }

        @Override
        public void softmaxCrossEntropy(
                DeviceBuffer logits,
                DeviceBuffer targets,
                int vocabulary,
                float scale,
                float smoothing,
                DeviceBuffer losses,
                DeviceBuffer dLogits,
                DeviceBuffer best) {
            ReferenceBuffer wanted = memory.ints(targets, 0, "targets");
            int[] some = new int[(int) wanted.length()];
            for (int row = 0; row < some.length; row++) {
                some[row] = wanted.getInt(row);
                wanted.setInt(row, Math.max(0, some[row]));
            }
            super.softmaxCrossEntropy(logits, targets, vocabulary, scale, smoothing, losses, dLogits, best);
            for (int row = 0; row < some.length; row++) {
                wanted.setInt(row, some[row]);
            }
        }
    }

    private static final class MultipliesAllRows extends ReferenceLayers {
        MultipliesAllRows(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void linearGrad(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer dy,
                LinearSpec spec,
                DeviceBuffer dx,
                boolean addToDx,
                DeviceBuffer dw,
                DeviceBuffer db) {
            LinearSpec all = new LinearSpec(spec.rows(), spec.inputSize(), spec.outputSize(), spec.precision());
            super.linearGrad(x, w, dy, all, dx, addToDx, dw, db);
        }
    }
}
