package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DevicePeakTest {
    private static final DevicePeak PEAK =
            new DevicePeak(Map.of(Precision.FP32, 100.0), new TreeMap<>(Map.of(1000L, 50.0, 2000L, 60.0, 4000L, 10.0)));

    @Test
    void aSetIsNotFasterThanTheNextSmallerOne() {
        assertEquals(60, PEAK.bytesPerSecond(1), "smaller than all: the fastest of all");
        assertEquals(60, PEAK.bytesPerSecond(1500), "a larger set that was seen to be faster");
        assertEquals(60, PEAK.bytesPerSecond(3999));
        assertEquals(10, PEAK.bytesPerSecond(1L << 40));
    }

    @Test
    void aSecondMeasurementCanOnlyRaiseIt() {
        DevicePeak second =
                new DevicePeak(Map.of(Precision.FP32, 90.0, Precision.BF16, 200.0), new TreeMap<>(Map.of(4000L, 20.0)));
        DevicePeak both = PEAK.orMore(second);
        assertEquals(Map.of(Precision.FP32, 100.0, Precision.BF16, 200.0), both.operations());
        assertEquals(20, both.bytesPerSecond(5000));
    }
}
