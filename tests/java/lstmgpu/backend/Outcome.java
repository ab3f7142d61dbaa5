package lstmgpu.backend;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a case left behind. */
final class Outcome {
    /** Of float32: the distance from 1 to the next number. */
    private static final double EPSILON = 0x1p-23;

    private static final double TF32_TOLERANCE = 5e-3;
    private static final double BF16_TOLERANCE = 1.6e-2;

    @SuppressWarnings("ArrayRecordComponent")
    private record Reals(double[] values, boolean backward) {}

    private final Map<String, Reals> reals = new LinkedHashMap<>();
    private final Map<String, int[]> integers = new LinkedHashMap<>();

    /**
     * Takes real numbers. Names of the form "whole/part" belong together: a part's error is
     * measured by its own norm or by its share of the norm of the whole, whichever is larger, since
     * the terms of a small part may cancel.
     *
     * @param backward whether they are a gradient
     */
    void put(String name, double[] values, boolean backward) {
        if (reals.put(name, new Reals(values, backward)) != null) {
            throw new IllegalStateException(name + " was given twice");
        }
    }

    void put(String name, int[] values) {
        if (integers.put(name, values) != null) {
            throw new IllegalStateException(name + " was given twice");
        }
    }

    /** Fails unless this is the expected outcome within float32's tolerance. */
    void requireCloseTo(Outcome expected, long depth) {
        requireCloseTo(expected, depth, Precision.FP32);
    }

    /** Fails unless this is the expected outcome within the tolerance of factors rounded to the precision. */
    void requireCloseTo(Outcome expected, long depth, Precision precision) {
        if (!reals.keySet().equals(expected.reals.keySet())) {
            throw new AssertionError("results " + reals.keySet() + " instead of " + expected.reals.keySet());
        }
        for (Map.Entry<String, Reals> entry : expected.reals.entrySet()) {
            requireClose(entry.getKey(), expected, depth, precision);
        }
        for (Map.Entry<String, int[]> entry : expected.integers.entrySet()) {
            int[] actual = integers.get(entry.getKey());
            if (!Arrays.equals(entry.getValue(), actual)) {
                throw new AssertionError(entry.getKey()
                        + " differs at "
                        + Arrays.mismatch(entry.getValue(), actual)
                        + " of "
                        + entry.getValue().length);
            }
        }
    }

    private void requireClose(String name, Outcome expected, long depth, Precision precision) {
        Reals wanted = expected.reals.get(name);
        double[] actual = reals.get(name).values();
        if (actual.length != wanted.values().length) {
            throw new AssertionError(name + " has " + actual.length + " values");
        }
        double[] difference = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            difference[i] = actual[i] - wanted.values()[i];
            if (!Double.isFinite(difference[i])) {
                throw new AssertionError(name + "[" + i + "] is " + actual[i] + ", expected " + wanted.values()[i]);
            }
        }
        double allowed = tolerance(depth, wanted.backward(), precision) * expected.scaleOf(name);
        double error = norm(difference);
        if (!(error <= allowed)) {
            throw new AssertionError("%s is off by %.3g in norm, %.3g allowed".formatted(name, error, allowed));
        }
    }

    /**
     * Design: 4·(backward ? 2 : 1)·⌈log2(K·T)⌉·eps, with one level of summation at least; TF32 and bfloat16 whatever
     * the depth.
     */
    private static double tolerance(long depth, boolean backward, Precision precision) {
        if (precision != Precision.FP32) {
            return precision == Precision.TF32 ? TF32_TOLERANCE : BF16_TOLERANCE;
        }
        int levels = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(depth - 1));
        return 4 * (backward ? 2 : 1) * levels * EPSILON;
    }

    private double scaleOf(String name) {
        double[] values = reals.get(name).values();
        int slash = name.indexOf('/');
        if (slash < 0) {
            return norm(values);
        }
        double squares = 0;
        long length = 0;
        for (Map.Entry<String, Reals> entry : reals.entrySet()) {
            if (entry.getKey().startsWith(name.substring(0, slash + 1))) {
                squares += squares(entry.getValue().values());
                length += entry.getValue().values().length;
            }
        }
        return Math.max(norm(values), Math.sqrt(squares * values.length / length));
    }

    private static double norm(double[] values) {
        return Math.sqrt(squares(values));
    }

    private static double squares(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }

    /** Fails unless every bit is the same. */
    void requireSameBits(Outcome other) {
        for (Map.Entry<String, Reals> entry : reals.entrySet()) {
            double[] again = other.reals.get(entry.getKey()).values();
            if (!Arrays.equals(entry.getValue().values(), again)) {
                throw new AssertionError(entry.getKey() + " has other bits when it is computed again");
            }
        }
        requireCloseTo(other, 2);
    }
}
