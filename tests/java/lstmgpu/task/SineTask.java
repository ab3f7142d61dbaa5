package lstmgpu.task;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
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
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.store.ModelDirectory;

/** A sine wave: its next value from those before. */
final class SineTask implements Task {
    static final NetworkConfig NETWORK =
            new NetworkConfig(new InputPart.Features(1), Cell.LSTM, 12, 1, 0.1f, new Head.Values(1));
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
        return "sine";
    }

    @Override
    public String lossUnit() {
        return "squared error";
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
    public Feed feed(Backend backend, BatchSpec spec) {
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
        Backend backend = network.backend();
        int count = HELD_OUT - 1;
        Pass pass = Pass.forward(network, count, 1, Purpose.JUDGE, count);
        backend.upload(
                Arrays.copyOfRange(wave, TRAINING, TRAINING + count),
                pass.batch().inputs());
        backend.upload(
                Arrays.copyOfRange(wave, TRAINING + 1, TRAINING + 1 + count),
                pass.batch().targets());
        return new Evaluation() {
            @Override
            public EvaluationResult run() {
                pass.refresh();
                pass.plan().resetState();
                pass.judge();
                float[] losses = new float[count];
                backend.download(pass.losses(), losses);
                double sum =
                        IntStream.range(0, count).mapToDouble(i -> losses[i]).sum();
                return new EvaluationResult(sum / count, Double.NaN, count, 0, 0, 1);
            }

            @Override
            public void close() {
                pass.close();
            }
        };
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
