package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
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

        EvaluationResult result(double seconds) {
            return new EvaluationResult(loss / tokens, (double) hits / tokens, tokens, 0, 0, seconds);
        }
    }

    /**
     * How a text is divided among lanes.
     *
     * @param stride tokens between two lanes' starts
     * @param warmUp tokens at the start of every lane but the first that are read and not counted
     */
    record Lanes(int count, long stride, long warmUp) {
        boolean counts(int lane, long position) {
            return lane == 0 || position >= warmUp;
        }
    }

    private final Backend backend;
    private final Lanes lanes;
    private final long from;
    private final int count;
    private final StepClock clock;
    private final DeviceBuffer inputs;
    private final DeviceBuffer targets;
    private final InputLayer inputLayer;
    private final OutputLayer outputLayer;
    private final RnnPlan plan;
    private final Step step;
    private final int[] targetsOnHost;
    private final int[] bestOnHost;
    private final float[] lossesOnHost;

    /**
     * @param from where in every lane the section begins
     * @param count number of steps
     */
    EvaluationSection(LanguageModel model, TokenCorpus corpus, Lanes lanes, int steps, long from, int count) {
        this.backend = model.backend();
        this.lanes = lanes;
        this.from = from;
        this.count = count;
        this.clock = new StepClock(backend);
        int tokens = Math.multiplyExact(lanes.count(), steps);
        this.inputs = backend.alloc(ElementType.INT32, tokens);
        this.targets = backend.alloc(ElementType.INT32, tokens);
        RnnSpec features = model.forwardSpec(steps, lanes.count());
        boolean table = backend.prefersTable(
                features, model.config().vocabularySize(), Math.multiplyExact((long) tokens, count));
        this.inputLayer = InputLayer.of(model, inputs, null, table);
        this.outputLayer = new OutputLayer(model, targets, null, OutputLayer.LOGIT_BYTES);
        this.plan = backend.newRnnPlan(features.withTable(inputLayer.tableSize()), null);
        this.targetsOnHost = new int[tokens];
        this.bestOnHost = new int[tokens];
        this.lossesOnHost = new float[tokens];
        BatchSpec batch = new BatchSpec(steps, lanes.count(), from, lanes.stride(), steps, false, 0, 0);
        DeviceBuffer rnnParameters = model.rnnPart(model.parameters());
        this.step = backend.capture(() -> {
            backend.gatherBatch(corpus, batch, clock, inputs, targets);
            inputLayer.forward();
            outputLayer.evaluate(plan.forward(rnnParameters, inputLayer.input()));
            plan.carryState();
            backend.advance(clock, Integer.MAX_VALUE);
        });
    }

    /**
     * @param initial the state to start from; null means zero
     * @return the state at the end
     */
    RnnState run(RnnState initial, Totals totals, EvaluationPass.LossSink sink) {
        clock.set(0, 0, 0);
        inputLayer.refresh();
        if (initial == null) {
            plan.resetState();
        } else {
            plan.writeState(initial);
        }
        for (int i = 0; i < count; i++) {
            step.run();
            backend.download(outputLayer.losses(), lossesOnHost);
            backend.download(outputLayer.best(), bestOnHost);
            backend.download(targets, targetsOnHost);
            add(totals, i);
            sink.accept(targetsOnHost, lossesOnHost, lossesOnHost.length);
        }
        return plan.readState();
    }

    private void add(Totals totals, int step) {
        int perLane = lossesOnHost.length / lanes.count();
        for (int i = 0; i < lossesOnHost.length; i++) {
            long position = from + (long) step * perLane + i / lanes.count();
            if (lanes.counts(i % lanes.count(), position)) {
                totals.loss += lossesOnHost[i];
                totals.hits += bestOnHost[i] == targetsOnHost[i] ? 1 : 0;
                totals.tokens++;
            }
        }
    }

    @Override
    public void close() {
        step.close();
        plan.close();
        outputLayer.close();
        inputLayer.close();
        targets.close();
        inputs.close();
        clock.close();
    }
}
