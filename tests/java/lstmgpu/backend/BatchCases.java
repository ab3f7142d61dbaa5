package lstmgpu.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Batches out of a text, the clock, and steps prepared for replay. */
final class BatchCases {
    private BatchCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int bytes : new int[] {1, 2, 4}) {
            for (int steps : TestData.SIZES) {
                for (int batch : new int[] {1, 7, 33}) {
                    cases.add(new Gather(bytes, steps, batch, false, data.below(5), data.below(50), data.seed()));
                    cases.add(new Gather(bytes, steps, batch, true, data.below(5), data.below(50), data.seed()));
                }
            }
        }
        for (int steps : TestData.SIZES) {
            for (int batch : new int[] {1, 7, 33}) {
                cases.add(new GatherRows(steps, batch, data.below(5), data.seed()));
                cases.add(new Take(steps * batch, data.size(), data.seed()));
            }
        }
        cases.add(new Replay(3, data.seed()));
        return cases;
    }

    /**
     * Two steps of an epoch.
     *
     * @param epochStep the first of them
     */
    record Gather(int bytesPerToken, int steps, int batch, boolean shuffled, int epochStep, int epoch, long seed)
            implements ConformanceCase {
        private static final ValueLayout.OfShort SHORT =
                ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int origin = 3;
            long windows = (long) batch * (epochStep + 2) + data.below(5);
            BatchSpec spec = shuffled
                    ? new BatchSpec(steps, batch, origin, 2, 0, true, windows, seed - Integer.MAX_VALUE)
                    : new BatchSpec(steps, batch, origin, (epochStep + 2L) * steps, steps, false, 0, 0);
            long last = shuffled ? 2 * (windows - 1) : (long) batch * (epochStep + 2) * steps - steps;
            int length = Math.toIntExact(origin + last + steps + 1);
            try (Arena arena = Arena.ofShared();
                    TokenCorpus corpus = backend.texts().corpus(text(arena, data, length), bytesPerToken);
                    StepClock clock = new StepClock(backend)) {
                memory.record("length", new float[] {corpus.length()});
                clock.set(77, epochStep, epoch);
                DeviceBuffer places = memory.input("places", places(data));
                for (int step = 0; step < 2; step++) {
                    DeviceBuffer inputs = memory.integerOutput("inputs " + step, steps * batch);
                    DeviceBuffer targets = memory.integerOutput("targets " + step, steps * batch);
                    backend.texts().gatherBatch(corpus, spec, clock, inputs, targets);
                    int part = batch - batch / 2;
                    DeviceBuffer some = memory.integerOutput("inputs of a share " + step, steps * part);
                    DeviceBuffer others = memory.integerOutput("targets of a share " + step, steps * part);
                    BatchSpec shared = spec.shared(part, new BatchShare(batch / 2, batch));
                    backend.texts().gatherBatch(corpus, shared, clock, some, others);
                    if (!shuffled) {
                        DeviceBuffer placed = memory.integerOutput("inputs at places " + step, steps * batch);
                        DeviceBuffer after = memory.integerOutput("targets at places " + step, steps * batch);
                        backend.texts().gatherBatch(corpus, spec, clock, places, placed, after);
                    }
                    backend.optimisation().advance(clock, 1_000_000);
                }
                backend.synchronize();
            }
        }

        /** Of the steps up to the second one from here, none further than their sequence reaches. */
        private int[] places(TestData data) {
            int[] places = new int[epochStep + 2];
            Arrays.setAll(places, _ -> data.below((epochStep + 1) * steps));
            return places;
        }

        private MemorySegment text(Arena arena, TestData data, int length) {
            MemorySegment text = arena.allocate((long) length * bytesPerToken, Integer.BYTES);
            int vocabulary = bytesPerToken == 4 ? Integer.MAX_VALUE : 1 << (8 * bytesPerToken);
            int[] tokens = data.tokens(length, vocabulary);
            for (int i = 0; i < length; i++) {
                long at = (long) i * bytesPerToken;
                switch (bytesPerToken) {
                    case 1 -> text.set(ValueLayout.JAVA_BYTE, at, (byte) tokens[i]);
                    case 2 -> text.set(SHORT, at, (short) tokens[i]);
                    default -> text.set(INT, at, tokens[i]);
                }
            }
            return text;
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /**
     * Two steps of an epoch over sequences of which some are longer than a step and one ends with the last row that an
     * int can count, and the same steps of a share.
     *
     * @param epochStep the first of them
     */
    record GatherRows(int steps, int batch, int epochStep, long seed) implements ConformanceCase {
        private static final int KNOWN = 11;

        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int[] places = data.tokens(KNOWN, 1_000_000);
            int[] sizes = data.tokens(KNOWN, 2 * steps);
            for (int s = 0; s < KNOWN; s++) {
                sizes[s]++;
            }
            places[0] = Integer.MAX_VALUE - sizes[0] + 1;
            DeviceBuffer starts = memory.input("starts", places);
            DeviceBuffer lengths = memory.input("lengths", sizes);
            DeviceBuffer order = memory.input("order", data.tokens((epochStep + 2) * batch, KNOWN));
            RowsSpec whole = new RowsSpec(steps, batch, BatchShare.whole(batch));
            RowsSpec part = new RowsSpec(steps, batch - batch / 2, new BatchShare(batch / 2, batch));
            try (StepClock clock = new StepClock(backend)) {
                clock.set(77, epochStep, 3);
                for (int step = 0; step < 2; step++) {
                    for (Map.Entry<String, RowsSpec> read :
                            Map.of("all", whole, "a share", part).entrySet()) {
                        String of = " of %s, step %d".formatted(read.getKey(), step);
                        RowsSpec spec = read.getValue();
                        int sequences = spec.sequences();
                        DeviceBuffer rows = memory.integerOutput("rows" + of, steps * sequences);
                        DeviceBuffer ends = memory.integerOutput("ends" + of, sequences);
                        DeviceBuffer chosen = memory.integerOutput("chosen" + of, sequences);
                        backend.texts().gatherRows(starts, lengths, order, spec, clock, rows, ends, chosen);
                    }
                    backend.optimisation().advance(clock, 1_000_000);
                }
                backend.synchronize();
            }
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    record Take(int length, int tableSize, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer table = memory.input("table", data.tokens(tableSize, Integer.MAX_VALUE));
            DeviceBuffer rows = memory.input("rows", data.tokens(length, tableSize));
            backend.texts().take(table, rows, memory.integerOutput("out", length));
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** A prepared step, run several times, that moves the clock and writes where the clock says. */
    record Replay(int runs, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            DeviceBuffer losses = memory.updated("losses", new float[257], false);
            DeviceBuffer ones = memory.input("ones", new TestData(seed).uniform(257, 0.5, 1.5));
            DeviceBuffer history = memory.updated("history", new float[7], false);
            try (StepClock clock = new StepClock(backend);
                    Step step = backend.capture(() -> {
                        backend.layers().dropout(ones, DropoutSpec.of(0.5f, seed, 1), clock, losses);
                        backend.losses().recordMean(losses, clock, history);
                        backend.optimisation().advance(clock, 2);
                    })) {
                clock.set(5, 1, 0);
                for (int run = 0; run < runs; run++) {
                    step.run();
                }
                memory.record("counters", clock);
            }
        }

        @Override
        public long depth() {
            return 257;
        }
    }
}
