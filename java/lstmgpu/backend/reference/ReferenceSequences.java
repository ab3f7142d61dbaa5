package lstmgpu.backend.reference;

import java.util.Arrays;
import java.util.stream.IntStream;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Pooling;

/** Sequences of unlike lengths in [T,B,W]: their other direction, and one vector of each. */
final class ReferenceSequences {
    private final ReferenceMemory memory;
    private final int steps;
    private final int sequences;
    private final int width;
    private final int[] lengths;

    /**
     * @param given INT32 [B] or null, where all have all steps
     * @param fewest that a sequence may have
     */
    ReferenceSequences(ReferenceMemory memory, DeviceBuffer given, int steps, int sequences, int width, int fewest) {
        if (steps < 1 || sequences < 1 || width < 1) {
            throw new IllegalArgumentException("a shape of " + steps + " x " + sequences + " x " + width);
        }
        this.memory = memory;
        this.steps = steps;
        this.sequences = sequences;
        this.width = width;
        ReferenceBuffer own = given == null ? null : memory.ints(given, sequences, "lengths");
        lengths = IntStream.range(0, sequences)
                .map(b -> own == null ? steps : own.getInt(b))
                .toArray();
        for (int length : lengths) {
            if (length < fewest || length > steps) {
                throw new IllegalArgumentException("a sequence of " + length + " of " + steps + " steps");
            }
        }
    }

    private long elements() {
        return (long) steps * sequences * width;
    }

    /** The place of an element in [T,B,units]. */
    private int at(int t, int b, int unit, int units) {
        return (t * sequences + b) * units + unit;
    }

    void reverse(DeviceBuffer x, boolean add, DeviceBuffer y) {
        ReferenceBuffer from = memory.floats(x, elements(), "x");
        ReferenceBuffer to = memory.floats(y, elements(), "y");
        for (int b = 0; b < sequences; b++) {
            for (int unit = 0; unit < width; unit++) {
                for (int t = 0; t < steps; t++) {
                    double before = add ? to.get(at(t, b, unit, width)) : 0;
                    double value = t < lengths[b] ? from.get(at(lengths[b] - 1 - t, b, unit, width)) : 0;
                    to.set(at(t, b, unit, width), before + value);
                }
            }
        }
    }

    void join(DeviceBuffer f, DeviceBuffer r, DeviceBuffer y) {
        ReferenceBuffer ahead = memory.floats(f, elements(), "f");
        ReferenceBuffer back = memory.floats(r, elements(), "r");
        ReferenceBuffer both = memory.floats(y, 2 * elements(), "y");
        for (int b = 0; b < sequences; b++) {
            for (int unit = 0; unit < width; unit++) {
                for (int t = 0; t < steps; t++) {
                    both.set(at(t, b, unit, 2 * width), 0);
                    both.set(at(t, b, width + unit, 2 * width), 0);
                }
                for (int t = 0; t < lengths[b]; t++) {
                    both.set(at(t, b, unit, 2 * width), ahead.get(at(t, b, unit, width)));
                    int meets = lengths[b] - 1 - t;
                    both.set(at(meets, b, width + unit, 2 * width), back.get(at(t, b, unit, width)));
                }
            }
        }
    }

    void split(DeviceBuffer dy, DeviceBuffer df, DeviceBuffer dr) {
        ReferenceBuffer both = memory.floats(dy, 2 * elements(), "dy");
        ReferenceBuffer ahead = memory.floats(df, elements(), "df");
        ReferenceBuffer back = memory.floats(dr, elements(), "dr");
        for (int b = 0; b < sequences; b++) {
            for (int unit = 0; unit < width; unit++) {
                for (int t = 0; t < steps; t++) {
                    ahead.set(at(t, b, unit, width), 0);
                    back.set(at(t, b, unit, width), 0);
                }
                for (int t = 0; t < lengths[b]; t++) {
                    ahead.set(at(t, b, unit, width), both.get(at(t, b, unit, 2 * width)));
                    int meets = lengths[b] - 1 - t;
                    back.set(at(meets, b, unit, width), both.get(at(t, b, width + unit, 2 * width)));
                }
            }
        }
    }

    void pool(Pooling pooling, DeviceBuffer y, DeviceBuffer out) {
        ReferenceBuffer values = memory.floats(y, elements(), "y");
        ReferenceBuffer vectors = memory.floats(out, (long) sequences * width, "out");
        for (int b = 0; b < sequences; b++) {
            for (int unit = 0; unit < width; unit++) {
                double[] column = column(values, b, unit);
                double value =
                        switch (pooling) {
                            case LAST -> column[column.length - 1];
                            case MEAN ->
                                IntStream.range(0, column.length)
                                                .mapToDouble(t -> column[t])
                                                .sum()
                                        / column.length;
                            case MAX -> column[firstLargest(column)];
                        };
                vectors.set(b * width + unit, value);
            }
        }
    }

    void poolGrad(Pooling pooling, DeviceBuffer dOut, DeviceBuffer y, DeviceBuffer dy) {
        ReferenceBuffer slopes = memory.floats(dOut, (long) sequences * width, "dOut");
        ReferenceBuffer values = pooling == Pooling.MAX ? memory.floats(y, elements(), "y") : null;
        ReferenceBuffer dValues = memory.floats(dy, elements(), "dy");
        for (int b = 0; b < sequences; b++) {
            for (int unit = 0; unit < width; unit++) {
                double slope = slopes.get(b * width + unit);
                double[] parts = new double[steps];
                switch (pooling) {
                    case LAST -> parts[lengths[b] - 1] = slope;
                    case MEAN -> Arrays.fill(parts, 0, lengths[b], slope / lengths[b]);
                    case MAX -> parts[firstLargest(column(values, b, unit))] = slope;
                }
                for (int t = 0; t < steps; t++) {
                    dValues.set(at(t, b, unit, width), parts[t]);
                }
            }
        }
    }

    private double[] column(ReferenceBuffer values, int b, int unit) {
        return IntStream.range(0, lengths[b])
                .mapToDouble(t -> values.get(at(t, b, unit, width)))
                .toArray();
    }

    /** As Java orders numbers, NaN is the largest. */
    private static int firstLargest(double[] column) {
        int place = 0;
        for (int t = 1; t < column.length; t++) {
            if (Double.compare(column[t] + 0.0, column[place] + 0.0) > 0) {
                place = t;
            }
        }
        return place;
    }
}
