package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/**
 * How large a network's gradients were over a text that it has learnt: s = √(mean of g²) for every weight, over batches
 * of {@link #SEQUENCES} sequences whose loss is a mean, as Krause et al. (2018) measure them. No weight moves.
 *
 * @param values s, laid out as the network's parameters
 * @param mean of s over all weights
 */
@SuppressWarnings("ArrayRecordComponent")
public record GradientSizes(float[] values, float mean) {
    /** The most sequences of a batch, at places of the text that are equally far apart. */
    static final int SEQUENCES = 100;

    /** The most batches: a million tokens in segments of five. */
    static final int MOST_BATCHES = 2000;

    /**
     * Measures them.
     *
     * @param network without dropout
     * @param steps tokens of a sequence in a batch; the text has more
     */
    public static GradientSizes measure(Network network, TokenCorpus text, int steps) {
        Backend backend = network.backend();
        long tokens = text.length() - 1;
        int sequences = Math.clamp(tokens / steps, 1, SEQUENCES);
        long stride = tokens / sequences;
        int batches = Math.clamp(stride / steps, 1, MOST_BATCHES);
        BatchSpec spec = new BatchSpec(steps, sequences, 0, stride, steps, false, 0, 0);
        // Adagrad at a rate of 0 adds up squares and moves nothing.
        OptimizerSpec adagrad = OptimizerSpec.of(OptimizerSpec.Kind.ADAGRAD, 0, 0, 0);
        try (Resources memory = new Resources(backend)) {
            StepClock clock = memory.keep(new StepClock(backend));
            Pass pass = memory.keep(Pass.training(network, steps, sequences, Masks.judging(clock)));
            DeviceBuffer squares =
                    memory.alloc(ElementType.FLOAT32, network.parameters().length());
            DeviceBuffer norm = memory.alloc(ElementType.FLOAT32, 1);
            Step step = memory.keep(backend.capture(() -> {
                Batch batch = pass.batch();
                backend.texts().gatherBatch(text, spec, clock, batch.inputs(), batch.targets());
                pass.differentiate();
                backend.optimisation()
                        .optimizerStep(adagrad, clock, network.parameters(), pass.gradients(), null, squares, norm);
                pass.plan().carryState();
                backend.optimisation().advance(clock, Integer.MAX_VALUE);
            }));
            clock.set(0, 0, 0);
            clock.setRates(new float[StepClock.RATES]);
            for (int i = 0; i < batches; i++) {
                step.run();
            }
            return of(network, squares, batches);
        }
    }

    private static GradientSizes of(Network network, DeviceBuffer squares, int batches) {
        float[] values = new float[Math.toIntExact(squares.length())];
        network.backend().download(squares, values);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double size = Math.sqrt(values[i] / batches);
            values[i] = (float) size;
            sum += size;
        }
        return new GradientSizes(values, (float) (sum / network.parameterCount()));
    }
}
