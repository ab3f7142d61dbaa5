package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
    @Test
    void tinyshakespeareIsSplitAsUsual() {
        assertEquals(new Split(1_003_854, 111_540, 0), Split.of(1_115_394, 0.1, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "10,0.1,0,9,1,0",
        "10,0.1,0.2,7,1,2",
        "10,0.3,0.3,4,3,3",
        "10,0,0,10,0,0",
        "9,0.1,0,8,1,0",
        "1,0.1,0,0,1,0",
        "0,0.1,0.1,0,0,0",
        "3000000000,0.1,0.1,2400000000,300000000,300000000"
    })
    void fractionsAreDecimal(long tokens, double validation, double test, long train, long held, long last) {
        assertEquals(new Split(train, held, last), Split.of(tokens, validation, test));
    }

    @Test
    void everyTokenIsInOnePart() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            long tokens = random.nextLong(1L << 40);
            Split split = Split.of(tokens, random.nextDouble(0.5), random.nextDouble(0.5));
            assertEquals(tokens, split.train() + split.validation() + split.test(), "seed " + seed);
            assertTrue(split.train() >= 0 && split.validation() >= 0 && split.test() >= 0, "seed " + seed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-0.1,0,val-frac",
        "1,0,val-frac",
        "NaN,0,val-frac",
        "0,Infinity,test-frac",
        "0.5,0.5,val-frac",
        "0.6,0.6,test-frac"
    })
    void fractionsOutOfRangeAreUsageErrors(double validation, double test, String flag) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> Split.of(10, validation, test));
        assertEquals(ExitCode.USAGE, failure.exitCode());
        assertTrue(failure.getMessage().contains(flag), failure::getMessage);
    }
}
