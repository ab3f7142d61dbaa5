package lstmgpu.network;

import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/**
 * Evaluates a text in one sequence while a copy of the weights follows it (dynamic evaluation, Krause, Kahembwe, Murray
 * and Renals 2018): a segment's loss is counted with the weights as they are, then its gradient moves them, as
 * {@link AdaptationSpec} says, and the next segment is read on from the state that the last one left. The network
 * itself stays as it is, and nothing is dropped.
 */
public final class DynamicEvaluation implements Evaluation {
    /** Segments between two looks at the losses. */
    private static final int HISTORY = 256;

    /**
     * @param length tokens of a segment
     * @param rate η
     * @param decay λ, towards the trained weights
     * @param epsilon ε of the RMS form
     */
    public record Settings(int length, float rate, float decay, float epsilon) {}

    private final Backend backend;
    private final Network trained;
    private final Network adapted;
    private final Settings settings;
    private final Resources memory;
    private final StepClock clock;
    private final Pass pass;
    private final Pass tail;
    private final BatchSpec tailSpec;
    private final TokenCorpus text;
    private final DeviceBuffer history;
    private final Step step;
    private final long segments;

    /**
     * Allocates everything it needs.
     *
     * @param sizes of the gradients over training text, for the RMS form; null for the SGD form
     */
    public DynamicEvaluation(Network trained, TokenCorpus text, Settings settings, GradientSizes sizes) {
        this.trained = trained;
        this.backend = trained.backend();
        this.text = text;
        this.settings = settings;
        this.memory = new Resources(backend);
        long tokens = text.length() - 1;
        int rest = (int) (tokens % settings.length());
        this.segments = tokens / settings.length();
        try {
            this.adapted = memory.keep(undropped(trained));
            this.clock = memory.keep(new StepClock(backend));
            this.history = memory.alloc(ElementType.FLOAT32, HISTORY);
            this.pass = segments == 0
                    ? null
                    : memory.keep(Pass.training(adapted, settings.length(), 1, Masks.judging(clock)));
            this.tail = rest == 0 ? null : memory.keep(Pass.forward(adapted, rest, 1, Purpose.JUDGE, rest));
            this.tailSpec = new BatchSpec(Math.max(1, rest), 1, tokens - rest, 0, 0, false, 0, 0);
            this.step = segments == 0 ? null : memory.keep(capture(sizes));
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    /** A network of the same weights that drops nothing; the caller closes it. */
    public static Network undropped(Network network) {
        Network copy = new Network(
                network.backend(), network.config().withDropout(0), network.precision(), network.implementation());
        network.backend().copy(network.parameters(), copy.parameters());
        return copy;
    }

    private Step capture(GradientSizes sizes) {
        DeviceBuffer scale = sizes == null
                ? null
                : memory.alloc(ElementType.FLOAT32, adapted.parameters().length());
        if (scale != null) {
            backend.upload(sizes.values(), scale);
        }
        AdaptationSpec spec = new AdaptationSpec(
                settings.rate(), settings.decay(), settings.epsilon(), sizes == null ? 1 : sizes.mean());
        int length = settings.length();
        BatchSpec batches = new BatchSpec(length, 1, 0, 0, length, false, 0, 0);
        return backend.capture(() -> {
            Batch batch = pass.batch();
            backend.texts().gatherBatch(text, batches, clock, batch.inputs(), batch.targets());
            pass.differentiate();
            backend.losses().recordMean(pass.losses(), clock, history);
            pass.plan().carryState();
            backend.optimisation().adapt(spec, adapted.parameters(), pass.gradients(), trained.parameters(), scale);
            backend.optimisation().advance(clock, Integer.MAX_VALUE);
        });
    }

    /**
     * @throws LstmGpuException with exit code 3 if the weights left the numbers
     */
    @Override
    public EvaluationResult run() {
        long start = System.nanoTime();
        backend.copy(trained.parameters(), adapted.parameters());
        clock.set(0, 0, 0);
        double loss = 0;
        if (pass != null) {
            pass.plan().resetState();
            loss = bySegments();
        }
        if (tail != null) {
            loss += ofTail();
        }
        long count = text.length() - 1;
        return new EvaluationResult(loss / count, count, (System.nanoTime() - start) * 1e-9, Map.of());
    }

    private double bySegments() {
        float[] losses = new float[HISTORY];
        double sum = 0;
        for (long done = 0; done < segments; ) {
            int some = (int) Math.min(HISTORY, segments - done);
            for (int i = 0; i < some; i++) {
                step.run();
            }
            backend.download(history, losses);
            for (int i = 0; i < some; i++) {
                sum += losses[i];
            }
            done += some;
            requireFinite(sum, done * settings.length());
        }
        return sum * settings.length();
    }

    private double ofTail() {
        tail.refresh();
        if (pass == null) {
            tail.plan().resetState();
        } else {
            tail.plan().writeState(pass.plan().readState());
        }
        clock.set(0, 0, 0);
        Batch batch = tail.batch();
        backend.texts().gatherBatch(text, tailSpec, clock, batch.inputs(), batch.targets());
        tail.judge();
        float[] losses = new float[tailSpec.steps()];
        backend.download(tail.losses(), losses);
        double sum = 0;
        for (float each : losses) {
            sum += each;
        }
        requireFinite(sum, text.length() - 1);
        return sum;
    }

    private void requireFinite(double sum, long tokens) {
        if (!Double.isFinite(sum)) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "dynamic evaluation diverged within %,d tokens; use a --dynamic-lr below %s"
                            .formatted(tokens, settings.rate()));
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
