package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.StepClock;

/** A network other than a language model, and what its batches consist of. */
record HeadCase(NetworkConfig config, Batch.Form form) {
    static final int STEPS = 4;
    static final int BATCH = 3;
    static final long SEED = 7;
    static final int[] LENGTHS = {3, 1, STEPS};
    private static final ValueLoss QUANTILES = new ValueLoss.Quantiles(List.of(0.1f, 0.5f, 0.8f));

    static List<HeadCase> all() {
        List<HeadCase> cases = new ArrayList<>(of(new InputPart.Tokens(5, 3), Cell.LSTM));
        cases.addAll(of(new InputPart.Features(2), Cell.GRU));
        cases.add(one(new InputPart.Features(2), Cell.LSTM, new Head.Values(2)));
        cases.add(one(new InputPart.Tokens(5, 3), Cell.GRU, new Head.SequenceClass(4)));
        cases.add(one(new InputPart.Tokens(5, 3), Cell.GRU, new Head.NextToken(5, false))
                .bounded()
                .weighed());
        Head adaptive = new Head.NextToken(5, false, new Clusters(5, List.of(1, 3)));
        cases.add(one(new InputPart.Tokens(5, 3), Cell.LSTM, adaptive));
        cases.add(one(new InputPart.Tokens(5, 3), Cell.GRU, adaptive).bounded().weighed());
        InputPart clustered = new InputPart.Tokens(5, 6, new Clusters(5, List.of(1, 3)));
        Head tied = new Head.NextToken(5, true, new Clusters(5, List.of(1, 3)));
        cases.add(one(clustered, Cell.LSTM, tied));
        cases.add(one(clustered, Cell.GRU, tied).bounded().weighed());
        return cases;
    }

    private static List<HeadCase> of(InputPart input, Cell cell) {
        return List.of(
                one(input, cell, new Head.Values(2)),
                one(input, cell, new Head.SequenceClass(4)),
                one(input, cell, new Head.Values(1, QUANTILES)),
                one(input, cell, new Head.Values(3, new ValueLoss.Absolute())),
                one(input, cell, new Head.Values(3, new ValueLoss.Huber(0.4f))).weighed(),
                one(input, cell, new Head.SequenceClass(4)).weighed(),
                both(input, cell, new Head.Values(2)).bounded().weighed(),
                both(input, cell, new Head.Values(2, QUANTILES)).bounded().weighed(),
                both(input, cell, new Head.Values(2, new ValueLoss.Absolute()))
                        .bounded()
                        .weighed(),
                both(input, cell, new Head.SequenceClass(4)).bounded(),
                both(input, cell, new Head.SequenceClass(4, Pooling.MEAN))
                        .bounded()
                        .weighed(),
                one(input, cell, new Head.SequenceClass(4, Pooling.MAX)).bounded());
    }

    private static HeadCase one(InputPart input, Cell cell, Head head) {
        int layers = head.judgesSteps() ? 2 : 1;
        return new HeadCase(new NetworkConfig(input, cell, 6, layers, 0.3f, head), Batch.Form.of(STEPS, BATCH));
    }

    private static HeadCase both(InputPart input, Cell cell, Head head) {
        return new HeadCase(new NetworkConfig(input, cell, 6, 2, true, 0.3f, head), Batch.Form.of(STEPS, BATCH));
    }

    private HeadCase bounded() {
        return new HeadCase(config, new Batch.Form(STEPS, BATCH, true, form.weights()));
    }

    private HeadCase weighed() {
        return new HeadCase(config, new Batch.Form(STEPS, BATCH, form.lengths(), true));
    }

    /** A training pass over a batch that is filled. */
    Pass begin(Network network, StepClock clock) {
        return begin(network, clock, new Masks(clock, SEED));
    }

    /** The same, regularised. */
    Pass begin(Network network, StepClock clock, Masks masks) {
        network.initialise(SEED, Initialisation.UNIFORM);
        clock.set(7, 7, 0);
        Pass pass = Pass.training(network, form, masks);
        fill(network, pass.batch());
        return pass;
    }

    /** All that a network of this form can be told. */
    Regularisation regularised() {
        boolean text = config.head() instanceof Head.NextToken && !form.weights();
        return new Regularisation(
                0.3f,
                0.2f,
                0.4f,
                config.input() instanceof InputPart.Tokens ? 0.2f : 0,
                true,
                text ? 3 : 0,
                text ? 2 : 0,
                config.head() instanceof Head.Values || config.clusters() != null ? 0 : 0.1f);
    }

    void fill(Network network, Batch batch) {
        Random random = new Random(SEED);
        for (DeviceBuffer buffer :
                batch.targets() == null ? List.of(batch.inputs()) : List.of(batch.inputs(), batch.targets())) {
            int length = Math.toIntExact(buffer.length());
            if (buffer.type() == ElementType.INT32) {
                network.backend().upload(random.ints(length, 0, 4).toArray(), buffer);
            } else {
                float[] values = new float[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                network.backend().upload(values, buffer);
            }
        }
        if (form.lengths()) {
            network.backend().upload(LENGTHS, batch.lengths());
        }
        if (batch.weights() != null) {
            float[] weights = weights(random, Math.toIntExact(batch.weights().length()));
            network.backend().upload(weights, batch.weights());
            if (batch.targets().type() == ElementType.FLOAT32) {
                leaveOut(network.backend(), batch.targets(), weights);
            }
        }
    }

    /** What weighs nothing is NaN, as a missing value may be. */
    private static void leaveOut(Backend backend, DeviceBuffer targets, float[] weights) {
        float[] values = new float[weights.length];
        backend.download(targets, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = weights[i] == 0 ? Float.NaN : values[i];
        }
        backend.upload(values, targets);
    }

    /** Zero for padding and for some values of steps that have several, and their mean is 1. */
    private float[] weights(Random random, int count) {
        boolean steps = config.head().judgesSteps();
        int ofStep = steps ? count / (STEPS * BATCH) : 1;
        float[] weights = new float[count];
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
            int row = i / ofStep;
            boolean padding = steps && form.lengths() && row / BATCH >= LENGTHS[row % BATCH];
            boolean missing = ofStep > 1 && i % 5 == 3;
            weights[i] = padding || missing ? 0 : 0.5f + random.nextFloat();
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= weights.length / sum;
        }
        return weights;
    }

    @Override
    public String toString() {
        return "%s, dropout %s%s%s"
                .formatted(
                        config.line(),
                        config.dropout(),
                        form.lengths() ? ", lengths" : "",
                        form.weights() ? ", weights" : "");
    }
}
