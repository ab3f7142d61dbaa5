package lstmgpu.backend.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import lstmgpu.backend.DevicePeak;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.ProcessorPeak.Kind;

/**
 * Measures what the threads of a pool do at most: each by itself as often as time allows, and of each the fastest try
 * counts, so that other programs lower nothing.
 */
final class PeakMeasurement implements WorkerPool.Task {
    private static final long SMALLEST_SET = 1 << 14;
    private static final long LARGEST_SET = 1 << 28;

    /** Of the free memory at most one part of so many is taken. */
    private static final int PART_OF_FREE = 4;

    private static final int FEWEST_TRIES = 3;
    private static final long TRY_NANOSECONDS = 500_000;
    private static final long NANOSECONDS = 25_000_000;

    /** Java's loops have to be compiled first. */
    private static final long NANOSECONDS_IN_JAVA = 400_000_000;

    private final WorkerPool pool;
    private final CpuBuffer memory;
    private final double[] fastest;
    private Kind kind;
    private long setElements;

    private PeakMeasurement(WorkerPool pool, CpuBuffer memory) {
        this.pool = pool;
        this.memory = memory;
        this.fastest = new double[pool.size()];
    }

    /** @param unit multiplies in bfloat16; null where nothing does */
    static DevicePeak of(WorkerPool pool, CpuMemory memory, Bfloat16Unit unit) {
        long most = Math.clamp(memory.freeBytes() / PART_OF_FREE, SMALLEST_SET * pool.size(), LARGEST_SET);
        try (CpuBuffer buffer = memory.alloc(ElementType.FLOAT32, most / CpuBuffer.ELEMENT_BYTES)) {
            buffer.fill(1f); // Memory that was never written is one page of zeros.
            PeakMeasurement measurement = new PeakMeasurement(pool, buffer);
            return new DevicePeak(measurement.operations(unit), measurement.bytes());
        }
    }

    private Map<Precision, Double> operations(Bfloat16Unit unit) {
        Map<Precision, Double> operations = new EnumMap<>(Precision.class);
        double float32 = Math.max(rate(Kind.FLOAT32_WIDE, 0), rate(Kind.FLOAT32_NARROW, 0));
        operations.put(Precision.FP32, float32);
        if (unit != null) {
            operations.put(Precision.BF16, rate(Kind.of(unit), 0));
        }
        return operations;
    }

    private NavigableMap<Long, Double> bytes() {
        NavigableMap<Long, Double> rates = new TreeMap<>();
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        kinds.removeIf(each -> !each.movesMemory());
        for (long set = SMALLEST_SET * pool.size(); set <= memory.length() * CpuBuffer.ELEMENT_BYTES; set *= 2) {
            long elements = set / CpuBuffer.ELEMENT_BYTES;
            rates.put(
                    set,
                    kinds.stream()
                            .mapToDouble(each -> rate(each, elements))
                            .max()
                            .orElseThrow());
        }
        return rates;
    }

    /** Of all threads together, a second. */
    private double rate(Kind what, long elements) {
        kind = what;
        setElements = elements;
        Arrays.fill(fastest, 0);
        pool.run(this);
        return Arrays.stream(fastest).sum();
    }

    @Override
    public void run(Worker worker) {
        int share = worker.share();
        long own = setElements / pool.size();
        long length = own / kind.arrays() / ProcessorPeak.UNIT * ProcessorPeak.UNIT;
        float[] tile = worker.tile(0, Worker.TILE);
        long rounds = 1;
        long enough = ProcessorPeak.isNative() || kind.movesMemory() ? NANOSECONDS : NANOSECONDS_IN_JAVA;
        long begin = System.nanoTime();
        for (int tries = 0; tries < FEWEST_TRIES || System.nanoTime() - begin < enough; ) {
            long start = System.nanoTime();
            long done = ProcessorPeak.run(kind, rounds, memory, share * own, length, tile);
            long spent = System.nanoTime() - start;
            if (done == 0) {
                return;
            }
            if (spent < TRY_NANOSECONDS) {
                rounds *= 2;
                continue;
            }
            fastest[share] = Math.max(fastest[share], 1e9 * done / spent);
            tries++;
        }
    }
}
