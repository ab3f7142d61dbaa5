package lstmgpu.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.network.Batch;
import lstmgpu.network.Feed;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.network.Tensor;
import lstmgpu.network.TrainingStep;
import lstmgpu.network.WeightUpdate;
import lstmgpu.network.ZoneoutRates;
import lstmgpu.store.Safetensors;

/**
 * Writes five training steps of the reference with every regularisation by itself, with all together and with steps of
 * several lengths whose state is carried, for {@code tests/peers/test_regularisation.py}, which has PyTorch do the
 * same: a folder each with {@code config.json}, {@code regularisation.json}, the weights before and after, and the batches
 * with their losses. Called with the folder where they are to lie.
 */
final class RegularisedSteps {
    private static final int ROUNDS = 5;
    private static final int STEPS = 11;
    private static final List<Integer> LENGTHS = List.of(5, 11, 13);
    private static final int SEQUENCES = 6;
    private static final int VOCABULARY = 13;
    private static final int EMBEDDING = 10;
    private static final int HIDDEN = 10;
    private static final long SEED = 0x123456789AL;
    private static final OptimizerSpec MOMENTUM = OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0.9f, 0, 1);
    private static final float RATE = 0.1f;

    private RegularisedSteps() {}

    static void main(String... arguments) throws IOException {
        try (Backend backend = new ReferenceBackend()) {
            for (Map.Entry<String, Regularisation> each : cases().entrySet()) {
                for (boolean tied : new boolean[] {false, true}) {
                    String name = each.getKey() + (tied ? "-tied" : "");
                    Path folder = Files.createDirectories(Path.of(arguments[0], name));
                    write(backend, tied, each.getValue(), ZoneoutRates.NONE, List.of(STEPS), folder);
                }
            }
            Path folder = Files.createDirectories(Path.of(arguments[0], "vary-length"));
            write(backend, false, Regularisation.NONE, ZoneoutRates.NONE, LENGTHS, folder);
            folder = Files.createDirectories(Path.of(arguments[0], "zoneout"));
            write(backend, false, Regularisation.NONE, new ZoneoutRates(0.5f, 0.15f), List.of(STEPS), folder);
        }
    }

    private static Map<String, Regularisation> cases() {
        Map<String, Regularisation> cases = new LinkedHashMap<>();
        cases.put("dropout", Regularisation.NONE);
        cases.put("weight-drop", new Regularisation(0.4f, 0, null, 0, false, 0, 0, 0));
        cases.put("input-dropout", new Regularisation(0, 0.3f, null, 0, false, 0, 0, 0));
        cases.put("output-dropout", new Regularisation(0, 0, 0.6f, 0, false, 0, 0, 0));
        cases.put("word-dropout", new Regularisation(0, 0, null, 0.3f, false, 0, 0, 0));
        cases.put("locked-dropout", new Regularisation(0, 0.2f, null, 0, true, 0, 0, 0));
        cases.put("activation-penalty", new Regularisation(0, 0, null, 0, false, 20, 0, 0));
        cases.put("temporal-penalty", new Regularisation(0, 0, null, 0, false, 0, 10, 0));
        cases.put("label-smoothing", new Regularisation(0, 0, null, 0, false, 0, 0, 0.2f));
        cases.put("all", new Regularisation(0.4f, 0.3f, 0.25f, 0.2f, true, 2, 1, 0.1f));
        return cases;
    }

    /** @param lengths of the steps, one after another; several carry their state */
    private static void write(
            Backend backend,
            boolean tied,
            Regularisation regularisation,
            ZoneoutRates zoneout,
            List<Integer> lengths,
            Path folder)
            throws IOException {
        NetworkConfig config = new NetworkConfig(
                        new InputPart.Tokens(VOCABULARY, EMBEDDING),
                        Cell.LSTM,
                        HIDDEN,
                        2,
                        false,
                        0.3f,
                        new Head.NextToken(VOCABULARY, tied))
                .withZoneout(zoneout);
        BatchShare whole = BatchShare.whole(SEQUENCES);
        TrainingStep.Spec spec = new TrainingStep.Spec(
                STEPS,
                SEQUENCES,
                WeightUpdate.Spec.of(MOMENTUM),
                lengths.size() > 1,
                0,
                ROUNDS,
                SEED,
                whole,
                regularisation);
        config.write(folder.resolve("config.json"), "peer");
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("seed", SEED);
        written.put("regularisation", regularisation);
        new ObjectMapper().writeValue(folder.resolve("regularisation.json").toFile(), written);
        Map<String, Tensor> batches = new LinkedHashMap<>();
        try (Network network = new Network(backend, config, Precision.FP32);
                Drawn feed = new Drawn(backend, lengths);
                TrainingStep step = new TrainingStep(network, feed, spec)) {
            network.initialise(17, Initialisation.UNIFORM);
            Safetensors.write(folder.resolve("before.safetensors"), network.tensors(), Map.of());
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, RATE);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            for (int i = 0; i < ROUNDS; i++) {
                feed.draw(i, batches);
                step.run();
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            batches.put("losses", new Tensor(List.of(ROUNDS), Arrays.copyOf(losses, ROUNDS)));
            Safetensors.write(folder.resolve("after.safetensors"), network.tensors(), Map.of());
            Safetensors.write(folder.resolve("batches.safetensors"), batches, Map.of());
        }
    }

    /** The batch that was drawn last. */
    private static final class Drawn implements Feed {
        private final Backend backend;
        private final DeviceBuffer inputs;
        private final DeviceBuffer targets;
        private final List<Integer> lengths;

        Drawn(Backend backend, List<Integer> lengths) {
            this.backend = backend;
            this.lengths = lengths;
            int most = lengths.getLast() * SEQUENCES;
            this.inputs = backend.alloc(ElementType.INT32, most);
            this.targets = backend.alloc(ElementType.INT32, most);
        }

        void draw(int number, Map<String, Tensor> kept) {
            Random random = new Random(31 + number);
            keep("inputs", number, random, inputs, kept);
            keep("targets", number, random, targets, kept);
        }

        private void keep(String name, int number, Random random, DeviceBuffer into, Map<String, Tensor> kept) {
            int steps = lengths.get(next(0, number));
            int[] tokens = random.ints((long) steps * SEQUENCES, 0, VOCABULARY).toArray();
            backend.upload(tokens, into.slice(0, tokens.length));
            float[] numbers = new float[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                numbers[i] = tokens[i];
            }
            kept.put(name + "." + number, new Tensor(List.of(steps, SEQUENCES), numbers));
        }

        @Override
        public List<Batch.Form> forms(int steps, int sequences) {
            return lengths.stream()
                    .map(length -> Batch.Form.of(length, sequences))
                    .toList();
        }

        @Override
        public int next(int epoch, int epochStep) {
            return epochStep % lengths.size();
        }

        @Override
        public void fill(Batch batch, StepClock clock) {
            int numbers = batch.form().steps() * SEQUENCES;
            backend.copy(inputs.slice(0, numbers), batch.inputs());
            backend.copy(targets.slice(0, numbers), batch.targets());
        }

        @Override
        public void close() {
            inputs.close();
            targets.close();
        }
    }
}
