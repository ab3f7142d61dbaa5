package lstmgpu.task;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.InputTexts;
import lstmgpu.network.Batch;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Feed;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.network.Metric.Better;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.store.ModelDirectory;

/** A sine wave: its next value from those before. */
final class SineTask implements Task {
    static final NetworkConfig NETWORK =
            new NetworkConfig(new InputPart.Features(1), Cell.LSTM, 12, 1, 0.1f, new Head.Values(1));
    static final String NAME = "sine";

    private static final Metric ROOT = new Metric("root mean square error", "", Better.LOWER, 5, Math::sqrt);
    private static final Metric ABSOLUTE = new Metric("mean absolute error", "V", Better.LOWER, 4);
    private static final Metric WITHIN = new Metric("within a tenth", Metric.SHARE, Better.HIGHER, 1);
    static final Measures MEASURES = new Measures("value", "squared error", 6, List.of(ROOT, ABSOLUTE, WITHIN));
    private static final double TENTH = 0.1;

    /** Inputs are files with a value on every line. */
    static final TaskKind KIND = new TaskKind() {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Measures measures(ModelDirectory directory) {
            return MEASURES;
        }

        @Override
        public Examiner examiner(ModelDirectory directory) {
            return (network, inputs, reading, _) -> {
                List<Float> values = new ArrayList<>();
                inputs.forEach(input -> values.addAll(values(input)));
                reading.notice().accept("read " + values.size() + " values");
                return new OfWave(network, values);
            };
        }
    };

    private static final int TRAINING = 601;
    private static final int HELD_OUT = 101;

    private final float[] wave = new float[TRAINING + HELD_OUT];

    SineTask() {
        for (int i = 0; i < wave.length; i++) {
            wave[i] = (float) Math.sin(i * 0.37);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Measures measures() {
        return MEASURES;
    }

    @Override
    public double blindLoss() {
        return 0.5;
    }

    @Override
    public DataSource source() {
        return new DataSource("a sine wave", Integer.toString(Arrays.hashCode(wave)), InputTexts.NONE, InputTexts.NONE);
    }

    @Override
    public long trainingLength() {
        return TRAINING;
    }

    @Override
    public long heldOutLength() {
        return HELD_OUT;
    }

    @Override
    public BatchPlan plan(Batching batching) {
        return BatchPlan.carried("the wave", TRAINING, batching.batchSize(), batching.length());
    }

    /** Places of the wave are gathered as tokens are, and their values looked up as an embedding is. */
    @Override
    public Feed feed(Backend backend, BatchPlan plan) {
        BatchSpec spec = plan.spec();
        MemorySegment places = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, TRAINING);
        MemorySegment.copy(IntStream.range(0, TRAINING).toArray(), 0, places, ValueLayout.JAVA_INT, 0, TRAINING);
        TokenCorpus corpus = backend.texts().corpus(places, Integer.BYTES);
        DeviceBuffer values = backend.alloc(ElementType.FLOAT32, TRAINING);
        DeviceBuffer inputs = backend.alloc(ElementType.INT32, (long) spec.steps() * spec.batch());
        DeviceBuffer targets = backend.alloc(ElementType.INT32, (long) spec.steps() * spec.batch());
        backend.upload(Arrays.copyOf(wave, TRAINING), values);
        return new Feed() {
            @Override
            public void fill(Batch batch, StepClock clock) {
                backend.texts().gatherBatch(corpus, spec, clock, inputs, targets);
                backend.layers().embed(values, inputs, 1, batch.inputs());
                backend.layers().embed(values, targets, 1, batch.targets());
            }

            @Override
            public void close() {
                targets.close();
                inputs.close();
                values.close();
                corpus.close();
            }
        };
    }

    @Override
    public Evaluation evaluation(Network network, int sequences, int steps) {
        List<Float> heldOut = IntStream.range(TRAINING, wave.length)
                .mapToObj(place -> wave[place])
                .toList();
        return new OfWave(network, heldOut);
    }

    private static List<Float> values(Path input) {
        try {
            return Files.readAllLines(input).stream().map(Float::valueOf).toList();
        } catch (IOException | NumberFormatException unreadable) {
            throw LstmGpuException.data("%s has a line that is no value; give one value a line", input);
        }
    }

    /** Predicts every value but the first. */
    private static final class OfWave implements Evaluation {
        private final Network network;
        private final Pass pass;
        private final int count;

        OfWave(Network network, List<Float> values) {
            this.network = network;
            this.count = values.size() - 1;
            this.pass = Pass.forward(network, count, 1, Purpose.JUDGE, count);
            upload(values.subList(0, count), pass.batch().inputs());
            upload(values.subList(1, count + 1), pass.batch().targets());
        }

        private void upload(List<Float> values, DeviceBuffer buffer) {
            float[] array = new float[values.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = values.get(i);
            }
            network.backend().upload(array, buffer);
        }

        @Override
        public EvaluationResult run() {
            pass.refresh();
            pass.plan().resetState();
            pass.judge();
            float[] losses = new float[count];
            network.backend().download(pass.losses(), losses);
            double squares = 0;
            double errors = 0;
            int within = 0;
            for (float loss : losses) {
                double error = Math.sqrt(loss);
                squares += loss;
                errors += error;
                within += error < TENTH ? 1 : 0;
            }
            Map<Metric, Double> measured = Map.of(ABSOLUTE, errors / count, WITHIN, (double) within / count);
            return new EvaluationResult(squares / count, count, 0.5, measured);
        }

        @Override
        public void close() {
            pass.close();
        }
    }

    @Override
    public Samples samples(String prompt, int length, long seed) {
        return Samples.NONE;
    }

    @Override
    public Map<String, String> identity() {
        return Map.of();
    }

    @Override
    public void save(ModelDirectory directory, NetworkConfig config) {
        directory.saveConfig(config, name());
    }
}
