package lstmgpu.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import lstmgpu.backend.Philox;
import lstmgpu.backend.Shuffle;
import org.junit.jupiter.api.Test;

class ReferenceRandomTest {
    private static final long ONES = 0xFFFFFFFFL;

    @Test
    void knownAnswersOfRandom123() {
        long[] pi = {0x243f6a88L, 0x85a308d3L, 0x13198a2eL, 0x03707344L};
        assertArrayEquals(
                new long[] {0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L},
                ReferenceRandom.philox(new long[4], new long[2]));
        assertArrayEquals(
                new long[] {0x408f276dL, 0x41c83b0eL, 0xa20bc7c6L, 0x6d5451fdL},
                ReferenceRandom.philox(new long[] {ONES, ONES, ONES, ONES}, new long[] {ONES, ONES}));
        assertArrayEquals(
                new long[] {0xd16cfe09L, 0x94fdccebL, 0x5001e420L, 0x24126ea1L},
                ReferenceRandom.philox(pi, new long[] {0xa4093822L, 0x299f31d0L}));
    }

    @Test
    void bothImplementationsGiveTheSameWords() {
        int[] words = new int[4];
        long[] elements = {0, 1, 6, 257, ONES * 4 + 3, 1L << 40};
        for (long element : elements) {
            Philox.block(-7, Philox.SAMPLING, 123_456, element / 4, words, 0);
            long expected = Integer.toUnsignedLong(words[(int) (element % 4)]);
            assertEquals(expected, ReferenceRandom.word(-7, Philox.SAMPLING, 123_456, element));
        }
    }

    @Test
    void bothShufflesAreTheSamePermutation() {
        for (long size : new long[] {1, 2, 5, 16, 17, 257, 1000}) {
            for (int epoch = 0; epoch < 3; epoch++) {
                ReferenceShuffle shuffle = new ReferenceShuffle(size, -99, epoch);
                BitSet places = new BitSet();
                for (long index = 0; index < size; index++) {
                    assertEquals(shuffle.place(index), Shuffle.permute(index, size, -99, epoch));
                    places.set((int) shuffle.place(index));
                }
                assertEquals(size, places.cardinality(), "places of a permutation");
                assertEquals(size, places.length(), "places inside the range");
            }
        }
        assertEquals(
                new ReferenceShuffle(3_000_000_000L, 5, 1).place(2_999_999_999L),
                Shuffle.permute(2_999_999_999L, 3_000_000_000L, 5, 1));
    }

    @Test
    void epochsAndSeedsGiveOtherOrders() {
        ReferenceShuffle one = new ReferenceShuffle(1000, 1, 0);
        ReferenceShuffle nextEpoch = new ReferenceShuffle(1000, 1, 1);
        ReferenceShuffle otherSeed = new ReferenceShuffle(1000, 2, 0);
        int sameEpoch = 0;
        int sameSeed = 0;
        int unmoved = 0;
        for (int index = 0; index < 1000; index++) {
            sameEpoch += one.place(index) == nextEpoch.place(index) ? 1 : 0;
            sameSeed += one.place(index) == otherSeed.place(index) ? 1 : 0;
            unmoved += one.place(index) == index ? 1 : 0;
        }
        assertTrue(sameEpoch < 10 && sameSeed < 10 && unmoved < 10, sameEpoch + " " + sameSeed + " " + unmoved);
    }

    @Test
    void aWindowOutsideTheTextIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ReferenceShuffle(10, 0, 0).place(10));
    }
}
