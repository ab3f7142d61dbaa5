package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Linear layers with rounded factors: products of the rounded numbers, summed in float32. */
class LinearTest {
    private static final int ROWS = 33;
    private static final int INPUTS = 19;
    private static final int OUTPUTS = 40;

    /** 4 · ⌈log2 K⌉ · eps with K up to 64, twice that behind another sum. */
    private static final double TOLERANCE = 2 * 4 * 6 * Math.ulp(1f);

    private final KernelRig rig = new KernelRig();
    private final Layers layers = rig.backend.layers();
    private final float[] x = rig.values(ROWS * INPUTS);
    private final float[] w = rig.values(OUTPUTS * INPUTS);
    private final float[] b = rig.values(OUTPUTS);
    private final float[] dy = rig.values(ROWS * OUTPUTS);

    @AfterEach
    void close() {
        rig.close();
    }

    /** start + op(A)·op(B), a transposed factor lying as in {@link Product}. */
    private static double[] product(
            float[] a, float[] c, int rows, int columns, int depth, boolean first, boolean second, float[] start) {
        double[] out = new double[rows * columns];
        for (int i = 0; i < out.length; i++) {
            int row = i / columns;
            int column = i % columns;
            out[i] = start == null ? 0 : start[i % start.length];
            for (int k = 0; k < depth; k++) {
                double left = a[first ? k * rows + row : row * depth + k];
                out[i] += left * c[second ? column * depth + k : k * columns + column];
            }
        }
        return out;
    }

    private static void assertClose(double[] expected, float[] actual, String what) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += expected[i] * expected[i];
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(error <= TOLERANCE, what + " is off by " + error + " of its norm");
    }

    @Test
    void factorsAreRoundedAndNothingElseIs() {
        KernelBuffer y = rig.floats(new float[ROWS * OUTPUTS]);
        layers.linear(
                rig.floats(x), rig.floats(w), rig.floats(b), new LinearSpec(ROWS, INPUTS, OUTPUTS, Precision.BF16), y);
        float[] roundX = KernelRig.rounded(x);
        float[] roundW = KernelRig.rounded(w);
        assertClose(product(roundX, roundW, ROWS, OUTPUTS, INPUTS, false, true, b), rig.read(y), "y");
    }

    @Test
    void gradientsUseTheSameFactors() {
        float[] before = rig.values(ROWS * INPUTS);
        float[] dwBefore = rig.values(OUTPUTS * INPUTS);
        float[] dbBefore = rig.values(OUTPUTS);
        KernelBuffer dx = rig.floats(before);
        KernelBuffer dw = rig.floats(dwBefore);
        KernelBuffer db = rig.floats(dbBefore);
        layers.linearGrad(
                rig.floats(x),
                rig.floats(w),
                rig.floats(dy),
                new LinearSpec(ROWS, INPUTS, OUTPUTS, Precision.BF16),
                dx,
                true,
                dw,
                db);
        float[] slope = KernelRig.rounded(dy);
        float[] weight = KernelRig.rounded(w);
        assertClose(product(slope, weight, ROWS, INPUTS, OUTPUTS, false, false, before), rig.read(dx), "dx");
        float[] input = KernelRig.rounded(x);
        assertClose(product(slope, input, OUTPUTS, INPUTS, ROWS, true, false, dwBefore), rig.read(dw), "dw");
        float[] ones = new float[ROWS];
        Arrays.fill(ones, 1);
        assertClose(product(ones, dy, 1, OUTPUTS, ROWS, false, false, dbBefore), rig.read(db), "db");
    }
}
