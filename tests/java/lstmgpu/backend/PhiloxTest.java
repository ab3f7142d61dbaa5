package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The known answers that Random123 publishes for philox4x32-10. */
class PhiloxTest {
    private static void expect(long seed, int stream, int step, long block, int... answer) {
        int[] words = new int[6];
        Philox.block(seed, stream, step, block, words, 1);
        int[] expected = {0, answer[0], answer[1], answer[2], answer[3], 0};
        assertArrayEquals(expected, words);
    }

    @Test
    void zeros() {
        expect(0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    }

    @Test
    void ones() {
        expect(-1L, -1, -1, -1L, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    }

    @Test
    void digitsOfPi() {
        long block = 0x85a308d3_243f6a88L;
        long seed = 0x299f31d0_a4093822L;
        expect(seed, 0x03707344, 0x13198a2e, block, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void thresholdIsTheShareOfWords() {
        assertEquals(0, Philox.threshold(0));
        assertEquals(0x80000000, Philox.threshold(0.5f));
        assertEquals(0xC0000000, Philox.threshold(0.75f));
        assertEquals(0xFFFFFF00, Philox.threshold(Math.nextDown(1f)));
    }
}
