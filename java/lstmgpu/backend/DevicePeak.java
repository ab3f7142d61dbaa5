package lstmgpu.backend;

import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a device does at most, measured by loops that do nothing else.
 *
 * @param operations per second, multiplications and additions, for the types of a product's factors that were measured;
 *     not empty
 * @param bytes read and written a second, by the bytes of the set that was gone over again and again; not empty
 */
public record DevicePeak(Map<Precision, Double> operations, NavigableMap<Long, Double> bytes) {
    /** The larger of both for each rate; the other has the same sets. */
    public DevicePeak orMore(DevicePeak other) {
        Map<Precision, Double> moreOperations = new EnumMap<>(operations);
        other.operations.forEach((type, rate) -> moreOperations.merge(type, rate, Math::max));
        NavigableMap<Long, Double> moreBytes = new TreeMap<>(bytes);
        other.bytes.forEach((set, rate) -> moreBytes.merge(set, rate, Math::max));
        return new DevicePeak(moreOperations, moreBytes);
    }

    /**
     * The rate that nothing exceeds which goes over {@code set} bytes, none of it twice: that of the next smaller set,
     * since caches are faster the smaller they are, or of a larger one that was seen to be faster.
     */
    public double bytesPerSecond(long set) {
        Long from = bytes.floorKey(set);
        return bytes.tailMap(from == null ? bytes.firstKey() : from, true).values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
    }
}
