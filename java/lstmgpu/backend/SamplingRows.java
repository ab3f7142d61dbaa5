package lstmgpu.backend;

/**
 * How each sequence of a batch draws, in device memory, so that a captured step draws for whoever is in it: INT32
 * [B,WORDS], a row a sequence, which {@link #put} writes. Floats lie there as their bits, and beside them what follows
 * from them for kernels that draw in whole numbers ({@link SamplingNumbers}).
 *
 * @param words INT32 [B,WORDS]
 * @param keepsTopK whether some row may want a top-k below V
 * @param keepsTopP whether some row may want a top-p below 1
 * @param draws whether some row may not be greedy
 */
public record SamplingRows(DeviceBuffer words, boolean keepsTopK, boolean keepsTopP, boolean draws) {
    /** Words of a row, and the places of what they say. */
    public static final int WORDS = 16;

    public static final int TEMPERATURE = 0;
    public static final int TOP_K = 1;
    public static final int TOP_P = 2;
    public static final int MIN_P = 3;
    public static final int PENALTY = 4;
    public static final int SEED_LOW = 5;
    public static final int SEED_HIGH = 6;

    /** Which sequence of its seed it is: the element of its random number. */
    public static final int SEQUENCE = 7;

    /** The clock's STEP at the sequence's draw 0: the number of a draw is STEP − BEGUN. */
    public static final int BEGUN = 8;

    /** 1 where the temperature is 0. */
    public static final int GREEDY = 9;

    /** {@link SamplingNumbers}; the least weight in two words. */
    public static final int MANTISSA = 10;

    public static final int EXPONENT = 11;
    public static final int KEPT_TOP_K = 12;
    public static final int SHARE = 13;
    public static final int WEIGHT_LOW = 14;
    public static final int WEIGHT_HIGH = 15;

    /** Rows that are all of this kind. */
    public static SamplingRows alike(DeviceBuffer words, SamplingSpec spec, int vocabulary) {
        SamplingNumbers numbers = SamplingNumbers.of(spec, vocabulary);
        return new SamplingRows(words, numbers.topK() > 0, numbers.topP() != 0, !numbers.greedy());
    }

    /** Rows of which nothing is known. */
    public static SamplingRows any(DeviceBuffer words) {
        return new SamplingRows(words, true, true, true);
    }

    /**
     * Writes a row.
     *
     * @param sequence which one of its seed it is
     * @param begun the clock's STEP at its draw 0
     * @param rows takes it at {@code at}
     */
    public static void put(SamplingSpec spec, int vocabulary, int sequence, int begun, int[] rows, int at) {
        SamplingNumbers numbers = SamplingNumbers.of(spec, vocabulary);
        rows[at + TEMPERATURE] = Float.floatToRawIntBits(spec.temperature());
        rows[at + TOP_K] = spec.topK();
        rows[at + TOP_P] = Float.floatToRawIntBits(spec.topP());
        rows[at + MIN_P] = Float.floatToRawIntBits(spec.minP());
        rows[at + PENALTY] = Float.floatToRawIntBits(spec.repeatPenalty());
        rows[at + SEED_LOW] = (int) spec.seed();
        rows[at + SEED_HIGH] = (int) (spec.seed() >>> Integer.SIZE);
        rows[at + SEQUENCE] = sequence;
        rows[at + BEGUN] = begun;
        rows[at + GREEDY] = numbers.greedy() ? 1 : 0;
        rows[at + MANTISSA] = numbers.mantissa();
        rows[at + EXPONENT] = numbers.exponent();
        rows[at + KEPT_TOP_K] = numbers.topK();
        rows[at + SHARE] = numbers.topP();
        rows[at + WEIGHT_LOW] = (int) numbers.minWeight();
        rows[at + WEIGHT_HIGH] = (int) (numbers.minWeight() >>> Integer.SIZE);
    }

    /** The settings of a row. */
    public static SamplingSpec spec(int[] row) {
        return new SamplingSpec(
                Float.intBitsToFloat(row[TEMPERATURE]),
                row[TOP_K],
                Float.intBitsToFloat(row[TOP_P]),
                Float.intBitsToFloat(row[MIN_P]),
                Float.intBitsToFloat(row[PENALTY]),
                seed(row));
    }

    /** The seed of a row. */
    public static long seed(int[] row) {
        return (long) row[SEED_HIGH] << Integer.SIZE | row[SEED_LOW] & 0xFFFFFFFFL;
    }
}
