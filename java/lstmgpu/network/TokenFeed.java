package lstmgpu.network;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.StepLengths;

/** The tokens of a text, each with the one that follows as its target. */
public final class TokenFeed implements Feed {
    private final Resources memory;
    private final Backend backend;
    /** Those of the lengths there are; made beforehand, since a step makes no garbage. */
    private final List<BatchSpec> specs;

    private final BatchPlan plan;
    private final TokenCorpus corpus;

    /** INT32, where the steps of the epoch begin; null where they are alike. */
    private final DeviceBuffer places;

    private int epoch;

    /**
     * @param tokens little-endian unsigned identifiers; stays mapped as long as this is open
     * @param bytesPerToken 1, 2 or 4
     * @param plan which tokens a step reads
     */
    public TokenFeed(Backend backend, MemorySegment tokens, int bytesPerToken, BatchPlan plan) {
        this(backend, tokens, bytesPerToken, plan.spec(), plan.lengths() == null ? null : plan);
    }

    /**
     * By steps that are all alike.
     *
     * @param spec which tokens a step reads
     */
    public TokenFeed(Backend backend, MemorySegment tokens, int bytesPerToken, BatchSpec spec) {
        this(backend, tokens, bytesPerToken, spec, null);
    }

    /** @param plan of steps that differ in length; null for others */
    private TokenFeed(Backend backend, MemorySegment tokens, int bytesPerToken, BatchSpec spec, BatchPlan plan) {
        this.memory = new Resources(backend);
        this.backend = backend;
        this.specs = plan == null
                ? List.of(spec)
                : Arrays.stream(plan.lengths().forms())
                        .mapToObj(spec::withSteps)
                        .toList();
        this.plan = plan;
        try {
            this.corpus = memory.keep(backend.texts().corpus(tokens, bytesPerToken));
            this.places = plan == null ? null : memory.alloc(ElementType.INT32, plan.stepsPerEpoch());
            if (places != null) {
                beginEpoch(0);
            }
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    private StepLengths.Epoch beginEpoch(int number) {
        StepLengths.Epoch steps = plan.epoch(number);
        backend.upload(steps.places(), places);
        epoch = number;
        return steps;
    }

    @Override
    public List<Batch.Form> forms(int steps, int sequences) {
        return places == null
                ? Feed.super.forms(steps, sequences)
                : Arrays.stream(plan.lengths().forms())
                        .mapToObj(length -> Batch.Form.of(length, sequences))
                        .toList();
    }

    /** Brings the places of the steps to the device where an epoch begins. */
    @Override
    public int next(int number, int epochStep) {
        if (places == null) {
            return 0;
        }
        StepLengths.Epoch steps = number == epoch ? plan.epoch(number) : beginEpoch(number);
        return steps.forms()[epochStep];
    }

    @Override
    public void fill(Batch batch, StepClock clock) {
        BatchSpec read = of(batch.form().steps());
        backend.texts().gatherBatch(corpus, read, clock, places, batch.inputs(), batch.targets());
    }

    private BatchSpec of(int steps) {
        for (int form = 0; form < specs.size(); form++) {
            if (specs.get(form).steps() == steps) {
                return specs.get(form);
            }
        }
        throw new IllegalArgumentException("no step reads " + steps + " tokens");
    }

    @Override
    public void close() {
        memory.close();
    }
}
