package lstmgpu.backend;

import static lstmgpu.backend.BadCalls.INPUTS;
import static lstmgpu.backend.BadCalls.OUTPUTS;
import static lstmgpu.backend.BadCalls.ROWS;
import static lstmgpu.backend.BadCalls.buffers;

/** Calls of {@link Layers} that must be refused. */
final class BadLayerCalls {
    private BadLayerCalls() {}

    static void addTo(BadCalls bad) {
        addLayers(bad);
        addDropout(bad);
        addSequences(bad);
        addRows(bad);
    }

    private static void addLayers(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "embed",
                b -> backend.layers().embed(b[0], b[1], INPUTS, b[2]),
                buffers(bad.floats(3 * INPUTS), bad.ints(ROWS), bad.floats(ROWS * INPUTS)),
                2);
        bad.add(
                "embedGrad",
                b -> backend.layers().embedGrad(b[0], b[1], INPUTS, b[2]),
                buffers(bad.floats(ROWS * INPUTS), bad.ints(ROWS), bad.floats(3 * INPUTS)),
                0);
        bad.add(
                "linear",
                b -> backend.layers()
                        .linear(b[0], b[1], b[2], new LinearSpec(ROWS, INPUTS, OUTPUTS, Precision.FP32), b[3]),
                buffers(
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(OUTPUTS),
                        bad.floats(ROWS * OUTPUTS)),
                0,
                1,
                2,
                3);
        bad.add(
                "linearGrad",
                b -> backend.layers()
                        .linearGrad(
                                b[0],
                                b[1],
                                b[2],
                                new LinearSpec(ROWS, INPUTS, OUTPUTS, Precision.FP32),
                                b[3],
                                false,
                                b[4],
                                b[5]),
                buffers(
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(ROWS * OUTPUTS),
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(OUTPUTS)),
                0,
                1,
                2,
                3,
                4,
                5);
    }

    private static void addDropout(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "dropout",
                b -> backend.layers().dropout(b[0], DropoutSpec.of(0.5f, 1, 1), bad.clock, b[1]),
                buffers(bad.floats(9), bad.floats(9)),
                1);
        DeviceBuffer x = bad.floats(9);
        for (float p : new float[] {-0.1f, 1, Float.NaN}) {
            bad.calls.put("dropout of " + p, () -> backend.layers().dropout(x, DropoutSpec.of(p, 1, 1), bad.clock, x));
        }
        bad.add(
                "tokenMask",
                b -> backend.layers().tokenMask(b[0], DropoutSpec.of(0.5f, 1, 1), bad.clock, b[1]),
                buffers(bad.ints(9), bad.floats(9)),
                1);
        DropoutSpec pairs = new DropoutSpec(0.5f, 1, 1, 2, 1, new BatchShare(1, 3));
        bad.calls.put("dropout of a sequence too few", () -> backend.layers().dropout(x, pairs, bad.clock, x));
    }

    private static void addSequences(BadCalls bad) {
        Layers layers = bad.backend.layers();
        int steps = 3;
        int length = steps * ROWS * INPUTS;
        bad.add(
                "reverse",
                b -> layers.reverse(b[0], b[1], steps, ROWS, INPUTS, false, b[2]),
                buffers(bad.floats(length), bad.lengths(), bad.floats(length)),
                0,
                1,
                2);
        bad.add(
                "joinDirections",
                b -> layers.joinDirections(b[0], b[1], b[2], steps, ROWS, INPUTS, b[3]),
                buffers(bad.floats(length), bad.floats(length), bad.lengths(), bad.floats(2 * length)),
                0,
                1,
                2,
                3);
        bad.add(
                "splitDirections",
                b -> layers.splitDirections(b[0], b[1], steps, ROWS, INPUTS, b[2], b[3]),
                buffers(bad.floats(2 * length), bad.lengths(), bad.floats(length), bad.floats(length)),
                0,
                1,
                2,
                3);
        bad.add(
                "pool",
                b -> layers.pool(Pooling.MAX, b[0], b[1], steps, ROWS, INPUTS, b[2]),
                buffers(bad.floats(length), bad.lengths(), bad.floats(ROWS * INPUTS)),
                0,
                1,
                2);
        bad.add(
                "poolGrad",
                b -> layers.poolGrad(Pooling.MAX, b[0], b[1], b[2], steps, ROWS, INPUTS, b[3]),
                buffers(bad.floats(ROWS * INPUTS), bad.floats(length), bad.lengths(), bad.floats(length)),
                0,
                1,
                2,
                3);
        bad.calls.put("no steps", () -> layers.pool(Pooling.LAST, bad.floats(9), null, 0, ROWS, INPUTS, bad.floats(9)));
    }

    private static void addRows(BadCalls bad) {
        Texts texts = bad.backend.texts();
        int steps = 3;
        RowsSpec spec = new RowsSpec(steps, ROWS, BatchShare.whole(ROWS));
        bad.add(
                "gatherRows",
                b -> texts.gatherRows(b[0], b[1], b[2], spec, bad.clock, b[3], b[4], b[5]),
                buffers(
                        bad.ints(ROWS),
                        bad.lengths(),
                        bad.ints(ROWS),
                        bad.ints(steps * ROWS),
                        bad.ints(ROWS),
                        bad.ints(ROWS)),
                1,
                2,
                3,
                4,
                5);
        bad.add("take", b -> texts.take(b[0], b[1], b[2]), buffers(bad.ints(3), bad.ints(ROWS), bad.ints(ROWS)), 2);
        bad.calls.put("rows of a share too large", () -> new RowsSpec(steps, ROWS, new BatchShare(1, ROWS)));
        bad.calls.put("rows of no steps", () -> new RowsSpec(0, ROWS, BatchShare.whole(ROWS)));
    }
}
