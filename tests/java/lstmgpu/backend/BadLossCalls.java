package lstmgpu.backend;

import static lstmgpu.backend.BadCalls.INPUTS;
import static lstmgpu.backend.BadCalls.OUTPUTS;
import static lstmgpu.backend.BadCalls.ROWS;
import static lstmgpu.backend.BadCalls.buffers;

/** Calls of {@link Losses} that must be refused, and of the norm. */
final class BadLossCalls {
    private BadLossCalls() {}

    static void addTo(BadCalls bad) {
        addLosses(bad);
        addClusters(bad);
        addErrors(bad);
    }

    private static void addLosses(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "softmaxCrossEntropy",
                b -> backend.losses().softmaxCrossEntropy(b[0], b[1], OUTPUTS, 1, 0, b[2], b[3], b[4]),
                buffers(
                        bad.floats(ROWS * OUTPUTS),
                        bad.ints(ROWS),
                        bad.floats(ROWS),
                        bad.floats(ROWS * OUTPUTS),
                        bad.ints(ROWS)),
                0,
                2,
                3,
                4);
        bad.add(
                "recordMean",
                b -> backend.losses().recordMean(b[0], bad.clock, b[1]),
                buffers(bad.floats(ROWS), bad.floats(2)));
        bad.add(
                "sumOfSquares",
                b -> backend.optimisation().sumOfSquares(b[0], b[1]),
                buffers(bad.floats(9), bad.floats(1)),
                1);
    }

    private static void addClusters(BadCalls bad) {
        Losses losses = bad.backend.losses();
        DeviceBuffer cutoffs = bad.ints(3);
        bad.backend.upload(new int[] {1, 2, 3}, cutoffs);
        bad.add(
                "partition",
                b -> losses.partition(b[0], b[1], 0, new ClusterRows(b[2], b[3], b[4], b[5])),
                buffers(bad.ints(ROWS), cutoffs, bad.ints(ROWS), bad.ints(2 * ROWS), bad.ints(2 * ROWS), bad.ints(2)),
                2,
                3,
                4,
                5);
        LogSoftmaxSpec spec = new LogSoftmaxSpec(ROWS, OUTPUTS, 2, INPUTS, 3, INPUTS, 4);
        bad.add(
                "logSoftmax",
                b -> losses.logSoftmax(b[0], b[1], spec, b[2]),
                buffers(bad.floats(ROWS * OUTPUTS), bad.floats(ROWS * INPUTS), bad.floats(ROWS * INPUTS)),
                0,
                1,
                2);
        bad.calls.put("logSoftmax beside the row", () -> new LogSoftmaxSpec(ROWS, OUTPUTS, 2, INPUTS, 4, 0, 0));
        bad.calls.put("logSoftmax of no entry", () -> new LogSoftmaxSpec(ROWS, OUTPUTS, 2, INPUTS, 3, INPUTS, INPUTS));
    }

    private static void addErrors(BadCalls bad) {
        Losses losses = bad.backend.losses();
        bad.add(
                "squaredError",
                b -> losses.squaredError(b[0], b[1], 1, b[2], b[3]),
                buffers(bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(9)),
                1,
                2,
                3);
        bad.add(
                "huberError",
                b -> losses.huberError(b[0], b[1], 0.5f, 1, b[2], b[3]),
                buffers(bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(9)),
                1,
                2,
                3);
        DeviceBuffer nine = bad.floats(9);
        for (float delta : new float[] {-0.1f, Float.NaN, Float.POSITIVE_INFINITY}) {
            bad.calls.put("huberError within " + delta, () -> losses.huberError(nine, nine, delta, 1, nine, null));
        }
        bad.add(
                "quantileError",
                b -> losses.quantileError(b[0], b[1], b[2], 1, b[3], b[4]),
                buffers(
                        bad.floats(ROWS * OUTPUTS),
                        bad.floats(ROWS),
                        bad.floats(OUTPUTS),
                        bad.floats(ROWS * OUTPUTS),
                        bad.floats(ROWS * OUTPUTS)),
                0,
                3,
                4);
        bad.add(
                "activationPenalty",
                b -> losses.activationPenalty(b[0], ROWS, 1, 1, b[1]),
                buffers(bad.floats(ROWS * INPUTS), bad.floats(ROWS * INPUTS)),
                1);
        for (int steps : new int[] {0, 2}) {
            bad.calls.put(
                    "nine outputs of " + steps + " steps", () -> losses.activationPenalty(nine, steps, 1, 1, nine));
        }
        bad.add(
                "weigh",
                b -> losses.weigh(b[0], b[1], INPUTS),
                buffers(bad.floats(ROWS * INPUTS), bad.floats(ROWS)),
                0);
    }
}
