package lstmgpu.network;

import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/**
 * A run of equally long forward steps over a text; {@link EvaluationPass} puts two together so that nothing is left
 * over.
 */
final class EvaluationSection implements AutoCloseable {
    /** What a pass has seen so far; the sum is double, for a text may have a billion tokens. */
    static final class Totals {
        private double loss;
        private long hits;
        private long tokens;

        /** Step by step, so that steps which others have counted give the same bits. */
        void add(Totals step) {
            loss += step.loss;
            hits += step.hits;
            tokens += step.tokens;
        }

        double loss() {
            return loss;
        }

        long hits() {
            return hits;
        }

        static Totals of(double loss, long hits, long tokens) {
            Totals totals = new Totals();
            totals.loss = loss;
            totals.hits = hits;
            totals.tokens = tokens;
            return totals;
        }

        EvaluationResult result(double seconds) {
            Map<Metric, Double> measured = Map.of(TokenMetrics.ACCURACY, (double) hits / tokens);
            return new EvaluationResult(loss / tokens, tokens, seconds, measured);
        }
    }

    /**
     * How a text is divided among sequences.
     *
     * @param stride tokens between two sequences' starts
     * @param warmUp tokens at the start of every sequence but the first that are read and not counted
     */
    record Sequences(int count, long stride, long warmUp) {
        boolean counts(int sequence, long position) {
            return sequence == 0 || position >= warmUp;
        }
    }

    private final Backend backend;
    private final Sequences sequences;
    private final long from;
    private final int count;
    private final StepClock clock;
    private final Pass pass;
    private final Step step;

    /** The plan's, which is the same buffer every time. */
    private DeviceBuffer outputs;

    private int coming;

    private final int[] targetsOnHost;
    private final int[] bestOnHost;
    private final float[] lossesOnHost;

    /**
     * @param from where in every sequence the section begins
     * @param count number of steps
     */
    EvaluationSection(Network model, TokenCorpus corpus, Sequences sequences, int steps, long from, int count) {
        this.backend = model.backend();
        this.sequences = sequences;
        this.from = from;
        this.count = count;
        this.clock = new StepClock(backend);
        int tokens = Math.multiplyExact(sequences.count(), steps);
        this.pass = Pass.forward(
                model, steps, sequences.count(), Purpose.JUDGE, Math.multiplyExact((long) steps, (long) count));
        this.targetsOnHost = new int[tokens];
        this.bestOnHost = new int[tokens];
        this.lossesOnHost = new float[tokens];
        BatchSpec spec = new BatchSpec(steps, sequences.count(), from, sequences.stride(), steps, false, 0, 0);
        this.step = backend.capture(() -> {
            Batch batch = pass.batch();
            backend.texts().gatherBatch(corpus, spec, clock, batch.inputs(), batch.targets());
            outputs = pass.judge();
            pass.plan().carryState();
            backend.optimisation().advance(clock, Integer.MAX_VALUE);
        });
    }

    /**
     * @param initial the state to start from; null means zero
     * @return the state at the end
     */
    RnnState run(RnnState initial, Totals totals, EvaluationPass.LossSink sink) {
        begin(initial, 0);
        for (int i = 0; i < count; i++) {
            totals.add(next(sink));
        }
        return state();
    }

    /**
     * @param initial the state to start from; null means zero
     * @param first the number of the step that comes first
     */
    void begin(RnnState initial, int first) {
        clock.set(0, first, 0);
        coming = first;
        pass.refresh();
        if (initial == null) {
            pass.plan().resetState();
        } else {
            pass.plan().writeState(initial);
        }
    }

    /** What the next step comes to. */
    Totals next(EvaluationPass.LossSink sink) {
        step.run();
        backend.download(pass.losses(), lossesOnHost);
        backend.download(pass.best(), bestOnHost);
        backend.download(pass.batch().targets(), targetsOnHost);
        Totals counted = counted();
        coming++;
        sink.accept(targetsOnHost, lossesOnHost, lossesOnHost.length, outputs);
        return counted;
    }

    /** Behind the last step. */
    RnnState state() {
        return pass.plan().readState();
    }

    private Totals counted() {
        Totals counted = new Totals();
        int perSequence = lossesOnHost.length / sequences.count();
        for (int i = 0; i < lossesOnHost.length; i++) {
            long position = from + (long) coming * perSequence + i / sequences.count();
            if (sequences.counts(i % sequences.count(), position)) {
                counted.loss += lossesOnHost[i];
                counted.hits += bestOnHost[i] == targetsOnHost[i] ? 1 : 0;
                counted.tokens++;
            }
        }
        return counted;
    }

    @Override
    public void close() {
        step.close();
        pass.close();
        clock.close();
    }
}
