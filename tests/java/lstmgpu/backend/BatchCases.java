package lstmgpu.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

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
                for (int step = 0; step < 2; step++) {
                    DeviceBuffer inputs = memory.integerOutput("inputs " + step, steps * batch);
                    DeviceBuffer targets = memory.integerOutput("targets " + step, steps * batch);
                    backend.texts().gatherBatch(corpus, spec, clock, inputs, targets);
                    int part = batch - batch / 2;
                    DeviceBuffer some = memory.integerOutput("inputs of a share " + step, steps * part);
                    DeviceBuffer others = memory.integerOutput("targets of a share " + step, steps * part);
                    BatchSpec shared = spec.shared(part, new BatchShare(batch / 2, batch));
                    backend.texts().gatherBatch(corpus, shared, clock, some, others);
                    backend.optimisation().advance(clock, 1_000_000);
                }
                backend.synchronize();
            }
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
