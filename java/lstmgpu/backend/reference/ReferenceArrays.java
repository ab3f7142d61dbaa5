package lstmgpu.backend.reference;

/** Between flat buffers and nested arrays. */
final class ReferenceArrays {
    private ReferenceArrays() {}

    /** Reads [T,B,last] into arrays of the same shape as {@code target}. */
    static void unpack(ReferenceBuffer source, double[][][] target) {
        int next = 0;
        for (double[][] plane : target) {
            for (double[] row : plane) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = source.get(next++);
                }
            }
        }
    }

    static void pack(double[][][] source, ReferenceBuffer target) {
        int next = 0;
        for (double value : flatten(source)) {
            target.set(next++, value);
        }
    }

    static double[] flatten(double[][][] source) {
        double[] flat = new double[source.length * source[0].length * source[0][0].length];
        int next = 0;
        for (double[][] plane : source) {
            for (double[] row : plane) {
                System.arraycopy(row, 0, flat, next, row.length);
                next += row.length;
            }
        }
        return flat;
    }

    static void unflatten(double[] flat, double[][][] target) {
        int next = 0;
        for (double[][] plane : target) {
            for (double[] row : plane) {
                System.arraycopy(flat, next, row, 0, row.length);
                next += row.length;
            }
        }
    }

    static void copy(double[][] source, double[][] target) {
        for (int row = 0; row < source.length; row++) {
            System.arraycopy(source[row], 0, target[row], 0, source[row].length);
        }
    }

    static void multiply(double[][][] values, double[][][] factors) {
        for (int t = 0; t < values.length; t++) {
            for (int b = 0; b < values[t].length; b++) {
                for (int j = 0; j < values[t][b].length; j++) {
                    values[t][b][j] *= factors[t][b][j];
                }
            }
        }
    }

    static double[] sum(double[] left, double[] right) {
        double[] sums = left.clone();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += right[i];
        }
        return sums;
    }

    static float[] toFloats(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    static double[] toDoubles(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        return widened;
    }
}
