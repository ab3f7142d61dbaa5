package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Philox;
import lstmgpu.backend.TokenCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn for some sequences of a batch is what is drawn for them in the whole batch. */
class BatchShareTest {
    private static final int STEPS = 5;
    private static final int ALL = 11;

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Sequences [first, first + sequences) of [rows, ALL, width]. */
    private static float[] share(float[] whole, int first, int sequences, int width) {
        float[] share = new float[whole.length / ALL * sequences];
        for (int row = 0; row < whole.length / (ALL * width); row++) {
            System.arraycopy(whole, (row * ALL + first) * width, share, row * sequences * width, sequences * width);
        }
        return share;
    }

    private static float[] dropped(KernelRig rig, int sequences, int width, BatchShare share) {
        KernelBuffer x = rig.floats(ones(STEPS * sequences * width));
        KernelBuffer counters = Batch.counters(rig.clock);
        Dropout.launch(
                rig.backend.kernelDevice(), x, new DropoutSpec(0.5f, 77, 2, sequences, width, share), counters, x);
        return rig.read(x);
    }

    private static float[] reset(KernelRig rig, int sequences, int width, BatchShare share) {
        KernelBuffer states = rig.floats(ones(STEPS * sequences * width));
        ResetSequences.launch(rig.backend.kernelDevice(), states, sequences, width, share, 0.5f, 77, rig.clock);
        return rig.read(states);
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 1", "3, 5, 1", "1, 1, 7", "8, 3, 33", "2, 4, 300", "0, 11, 7"})
    void randomNumbersAreThoseOfTheWholeBatch(int first, int sequences, int width) {
        try (KernelRig rig = new KernelRig()) {
            rig.clock.set(9, 0, 0);
            BatchShare share = new BatchShare(first, ALL);
            BatchShare whole = BatchShare.whole(ALL);
            float[] masks = dropped(rig, ALL, width, whole);
            assertArrayEquals(share(masks, first, sequences, width), dropped(rig, sequences, width, share), "dropout");
            float[] states = reset(rig, ALL, width, whole);
            assertArrayEquals(share(states, first, sequences, width), reset(rig, sequences, width, share), "resets");
            int[] words = new int[4];
            for (int i = 0; i < masks.length; i++) {
                Philox.block(77, 2, 9, i / 4, words, 0);
                assertArrayEquals(new float[] {words[i % 4] < 0 ? 2 : 0}, new float[] {masks[i]}, "element " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokensAreThoseOfTheWholeBatch(boolean shuffled) {
        byte[] text = new byte[256];
        IntStream.range(0, text.length).forEach(i -> text[i] = (byte) i);
        try (KernelRig rig = new KernelRig();
                TokenCorpus corpus = rig.backend.texts().corpus(MemorySegment.ofArray(text), 1)) {
            rig.clock.set(0, 1, 3);
            float[] whole = gathered(rig, corpus, spec(ALL, shuffled), BatchShare.whole(ALL));
            for (int first = 0; first < ALL; first++) {
                int sequences = Math.min(3, ALL - first);
                float[] share = gathered(rig, corpus, spec(sequences, shuffled), new BatchShare(first, ALL));
                assertArrayEquals(share(whole, first, sequences, 1), share, "from " + first);
            }
        }
    }

    private static BatchSpec spec(int sequences, boolean shuffled) {
        return new BatchSpec(STEPS, sequences, 1, 7, shuffled ? 0 : 5, shuffled, shuffled ? 30 : 0, 99);
    }

    private static float[] gathered(KernelRig rig, TokenCorpus corpus, BatchSpec spec, BatchShare share) {
        KernelBuffer inputs = rig.integers(new int[STEPS * spec.batch()]);
        KernelBuffer targets = rig.integers(new int[STEPS * spec.batch()]);
        new Batch(rig.backend.kernelDevice())
                .gather(corpus, spec.shared(spec.batch(), share), rig.clock, null, inputs, targets);
        int[] tokens = new int[STEPS * spec.batch()];
        rig.backend.download(inputs, tokens);
        float[] values = new float[tokens.length];
        IntStream.range(0, tokens.length).forEach(i -> values[i] = tokens[i]);
        return values;
    }

    @Test
    void aShareLiesInItsBatch() {
        assertThrows(IllegalArgumentException.class, () -> new BatchShare(-1, 4));
        assertThrows(IllegalArgumentException.class, () -> new BatchShare(4, 4));
        assertThrows(IllegalArgumentException.class, () -> BatchShare.whole(0));
        assertThrows(IllegalArgumentException.class, () -> new BatchShare(2, 4).of(3));
        try (KernelRig rig = new KernelRig()) {
            KernelBuffer x = rig.floats(ones(15));
            KernelBuffer counters = Batch.counters(rig.clock);
            BatchShare share = new BatchShare(1, 3);
            KernelDevice device = rig.backend.kernelDevice();
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Dropout.launch(device, x, new DropoutSpec(0.5f, 1, 0, 2, 2, share), counters, x));
        }
    }
}
