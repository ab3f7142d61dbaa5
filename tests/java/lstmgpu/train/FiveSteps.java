package lstmgpu.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Batch;
import lstmgpu.network.Clusters;
import lstmgpu.network.Feed;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.network.Tensor;
import lstmgpu.network.TrainingStep;
import lstmgpu.network.ValueLoss;
import lstmgpu.network.WeightUpdate;
import lstmgpu.store.Safetensors;

/**
 * Writes five training steps of every loss for {@code tests/peers/test_losses.py}, which has PyTorch do the same: a
 * folder each with {@code config.json}, the weights before and after, their average over the steps (exponential where
 * sequences have lengths of their own), and the batches with their losses. Called with
 * the folder where they are to lie.
 */
final class FiveSteps {
    private static final int ROUNDS = 5;
    private static final int STEPS = 11;
    private static final int SEQUENCES = 6;
    private static final int VOCABULARY = 13;
    private static final InputPart TOKENS = new InputPart.Tokens(VOCABULARY, 7);
    private static final InputPart FEATURES = new InputPart.Features(4);
    private static final OptimizerSpec MOMENTUM = OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0.9f, 0, 1);
    private static final float RATE = 0.1f;
    private static final float DECAY = 0.9f;

    /** @param lengths whether sequences have lengths of their own and steps, or sequences, weights */
    record Case(String name, NetworkConfig config, boolean lengths) {
        /** Of an adaptive softmax it is larger, since the embedding moves so little that float32's rounding counts. */
        float rate() {
            return config.clusters() == null ? RATE : 4 * RATE;
        }

        AverageSpec average() {
            return lengths ? new AverageSpec(DECAY) : AverageSpec.mean();
        }
    }

    private FiveSteps() {}

    static void main(String... arguments) throws IOException {
        try (Backend backend = new CpuBackend(2)) {
            for (Case each : cases()) {
                write(backend, each, Files.createDirectories(Path.of(arguments[0], each.name())));
            }
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean lengths : new boolean[] {false, true}) {
            add(cases, "cross-entropy", Cell.LSTM, TOKENS, new Head.NextToken(VOCABULARY, false), false, lengths);
            NetworkConfig next =
                    new NetworkConfig(TOKENS, Cell.LSTM, 10, 2, false, 0, new Head.NextToken(VOCABULARY, false));
            cases.add(new Case("projected" + (lengths ? "-masked" : ""), next.withProjection(6), lengths));
            Head adaptive = new Head.NextToken(VOCABULARY, false, new Clusters(VOCABULARY, List.of(3, 6)));
            add(cases, "adaptive", Cell.RNN_TANH, TOKENS, adaptive, false, lengths);
            for (boolean both : new boolean[] {false, true}) {
                NetworkConfig last = new NetworkConfig(FEATURES, Cell.LSTM, 10, 2, both, 0, classes(Pooling.LAST));
                String name = "projected-class" + (both ? "-bidirectional" : "") + (lengths ? "-masked" : "");
                cases.add(new Case(name, last.withProjection(3), lengths));
                add(cases, "squared", Cell.LSTM, FEATURES, new Head.Values(3), both, lengths);
                add(cases, "absolute", Cell.GRU, FEATURES, values(new ValueLoss.Absolute()), both, lengths);
                add(cases, "huber", Cell.RNN_TANH, FEATURES, values(new ValueLoss.Huber(0.5f)), both, lengths);
                ValueLoss quantiles = new ValueLoss.Quantiles(List.of(0.1f, 0.5f, 0.9f));
                add(cases, "quantile", Cell.LSTM, FEATURES, values(quantiles), both, lengths);
                add(cases, "class-last", Cell.RNN_RELU, TOKENS, classes(Pooling.LAST), both, lengths);
                add(cases, "class-mean", Cell.GRU, TOKENS, classes(Pooling.MEAN), both, lengths);
                add(cases, "class-max", Cell.LSTM, FEATURES, classes(Pooling.MAX), both, lengths);
            }
        }
        return cases;
    }

    private static Head values(ValueLoss loss) {
        return new Head.Values(2, loss);
    }

    private static Head classes(Pooling pooling) {
        return new Head.SequenceClass(3, pooling);
    }

    private static void add(
            List<Case> cases, String loss, Cell cell, InputPart input, Head head, boolean both, boolean lengths) {
        String name = loss + (both ? "-bidirectional" : "") + (lengths ? "-masked" : "");
        int units = head instanceof Head.NextToken next && next.clusters() != null ? 32 : 10; // two are divided by 16
        cases.add(new Case(name, new NetworkConfig(input, cell, units, 2, both, 0, head), lengths));
    }

    private static void write(Backend backend, Case each, Path folder) throws IOException {
        Batch.Form form = new Batch.Form(STEPS, SEQUENCES, each.lengths(), each.lengths());
        TrainingStep.Spec spec = new TrainingStep.Spec(
                STEPS,
                SEQUENCES,
                new WeightUpdate.Spec(MOMENTUM, List.of(), each.average()),
                false,
                0,
                ROUNDS,
                1,
                BatchShare.whole(SEQUENCES),
                Regularisation.NONE);
        each.config().write(folder.resolve("config.json"), "peer");
        Map<String, Tensor> batches = new LinkedHashMap<>();
        try (Network network = new Network(backend, each.config(), Precision.FP32);
                Drawn feed = new Drawn(backend, form);
                TrainingStep step = new TrainingStep(network, feed, spec)) {
            network.initialise(each.name().hashCode(), Initialisation.UNIFORM);
            Safetensors.write(folder.resolve("before.safetensors"), network.tensors(), Map.of());
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, each.rate());
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            for (int i = 0; i < ROUNDS; i++) {
                feed.draw(each, i);
                feed.keep(batches, "." + i);
                step.run();
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            batches.put("losses", new Tensor(List.of(ROUNDS), Arrays.copyOf(losses, ROUNDS)));
            Safetensors.write(folder.resolve("after.safetensors"), network.tensors(), Map.of());
            Safetensors.write(
                    folder.resolve("average.safetensors"), step.update().judgedTensors(), Map.of());
            Safetensors.write(folder.resolve("batches.safetensors"), batches, Map.of());
        }
    }

    /** The batch that was drawn last; what is padding or missing is far off, and weighs 0. */
    private static final class Drawn implements Feed {
        private final Backend backend;
        private final Batch.Form form;
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();

        Drawn(Backend backend, Batch.Form form) {
            this.backend = backend;
            this.form = form;
        }

        void draw(Case each, int number) {
            Random random = new Random(31L * each.name().hashCode() + number);
            Head head = each.config().head();
            int[] ends = random.ints(SEQUENCES, 1, STEPS + 1).toArray();
            ends[number] = STEPS;
            if (each.config().input() instanceof InputPart.Tokens) {
                putIntegers(
                        "inputs", random.ints(STEPS * SEQUENCES, 0, VOCABULARY).toArray(), STEPS, SEQUENCES);
            } else {
                put(
                        "inputs",
                        features(random, ends),
                        STEPS,
                        SEQUENCES,
                        each.config().input().size());
            }
            float[] weights = weights(random, head, ends);
            switch (head) {
                case Head.NextToken next ->
                    putIntegers(
                            "targets",
                            random.ints(STEPS * SEQUENCES, 0, next.size()).toArray(),
                            STEPS,
                            SEQUENCES);
                case Head.Values values -> put("targets", values(random, weights), STEPS, SEQUENCES, values.targets());
                case Head.SequenceClass classes ->
                    putIntegers(
                            "targets", random.ints(SEQUENCES, 0, classes.size()).toArray(), SEQUENCES);
            }
            if (form.weights()) {
                putIntegers("lengths", ends, SEQUENCES);
                put(
                        "weights",
                        weights,
                        tensors.get("targets").shape().stream().mapToInt(n -> n).toArray());
            }
        }

        private float[] features(Random random, int... ends) {
            int width = FEATURES.size();
            float[] features = new float[STEPS * SEQUENCES * width];
            for (int i = 0; i < features.length; i++) {
                int row = i / width;
                boolean padding = form.lengths() && row / SEQUENCES >= ends[row % SEQUENCES];
                features[i] = padding ? 50 : (float) random.nextGaussian();
            }
            return features;
        }

        private float[] values(Random random, float... weights) {
            float[] values = new float[weights.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = form.weights() && weights[i] == 0 ? Float.NaN : (float) random.nextGaussian();
            }
            return values;
        }

        /** Their mean is 1. */
        private static float[] weights(Random random, Head head, int... ends) {
            int width = head instanceof Head.Values values ? values.targets() : 1;
            float[] weights = new float[head.judgesSteps() ? STEPS * SEQUENCES * width : SEQUENCES];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                int row = i / width;
                boolean padding = head.judgesSteps() && row / SEQUENCES >= ends[row % SEQUENCES];
                boolean missing = width > 1 && random.nextInt(6) == 0;
                weights[i] = padding || missing ? 0 : 0.5f + random.nextFloat();
                sum += weights[i];
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (weights[i] * weights.length / sum);
            }
            return weights;
        }

        private void put(String name, float[] values, int... shape) {
            tensors.put(name, new Tensor(Arrays.stream(shape).boxed().toList(), values));
            backend.upload(values, buffer(name, ElementType.FLOAT32, values.length));
        }

        private void putIntegers(String name, int[] values, int... shape) {
            float[] numbers = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                numbers[i] = values[i];
            }
            tensors.put(name, new Tensor(Arrays.stream(shape).boxed().toList(), numbers));
            backend.upload(values, buffer(name, ElementType.INT32, values.length));
        }

        private DeviceBuffer buffer(String name, ElementType type, int length) {
            return buffers.computeIfAbsent(name, _ -> backend.alloc(type, length));
        }

        void keep(Map<String, Tensor> all, String suffix) {
            tensors.forEach((name, tensor) -> all.put(name + suffix, tensor));
        }

        @Override
        public List<Batch.Form> forms(int steps, int sequences) {
            return List.of(form);
        }

        @Override
        public void fill(Batch batch, StepClock clock) {
            backend.copy(buffers.get("inputs"), batch.inputs());
            backend.copy(buffers.get("targets"), batch.targets());
            if (form.weights()) {
                backend.copy(buffers.get("lengths"), batch.lengths());
                backend.copy(buffers.get("weights"), batch.weights());
            }
        }

        @Override
        public void close() {
            buffers.values().forEach(DeviceBuffer::close);
        }
    }
}
