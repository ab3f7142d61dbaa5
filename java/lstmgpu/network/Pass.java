package lstmgpu.network;

import java.util.function.LongConsumer;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;

/**
 * The way of a batch through a network, forward and, when training, backward: input, recurrent stack, head. Training,
 * evaluation and generation all go it. Its memory is allocated once; going it allocates nothing.
 */
public final class Pass implements AutoCloseable {
    /** Most memory for logits. */
    static final long LOGIT_BYTES = 32L << 20;

    private final Backend backend;
    private final Resources memory;
    private final Masks masks;
    private final DropoutSpec mask;
    private final Batch.Form form;
    private final int width;
    private final Batch batch;
    private final DeviceBuffer gradients;
    private final WeightDrop weightDrop;
    private final DeviceBuffer rnnParameters;
    private final DeviceBuffer rnnGradients;
    private final InputLayer inputLayer;
    private final HeadLayer head;
    private final DeviceBuffer dropped;
    private final RnnPlan plan;
    private final BackwardProgress progress;

    private Pass(
            Network network,
            Batch.Form form,
            Purpose purpose,
            Masks masks,
            Pass sister,
            boolean table,
            long logitBytes) {
        boolean training = purpose == Purpose.TRAIN;
        boolean judged = training || purpose == Purpose.JUDGE;
        NetworkConfig config = network.config();
        this.backend = network.backend();
        this.memory = new Resources(backend);
        this.masks = masks;
        this.form = form;
        this.width = config.outputSize();
        boolean drops = training && masks.regularisation().outputDropout(config) > 0;
        this.mask = drops ? masks.regularisation().outputMask(config, masks.seed(), form) : null;
        try {
            this.batch = Batch.of(network, memory, form, judged);
            if (sister == null) {
                this.gradients = training
                        ? memory.alloc(ElementType.FLOAT32, network.layout().length())
                        : null;
                this.weightDrop = training ? WeightDrop.of(network, memory, gradients, masks) : null;
            } else {
                this.gradients = sister.gradients;
                this.weightDrop = sister.weightDrop;
            }
            if (training && form.weights() && masks.regularisation().penalises()) {
                throw new IllegalArgumentException("padding would count in the penalties");
            }
            this.rnnParameters = weightDrop == null ? network.rnnPart(network.parameters()) : weightDrop.parameters();
            this.rnnGradients = training ? network.rnnPart(this.gradients) : null;
            InputDropout inputDropout = InputDropout.of(network, memory, form, batch, masks);
            this.inputLayer = InputLayer.of(network, memory, batch, this.gradients, table, inputDropout);
            this.head = purpose == Purpose.READ
                    ? null
                    : HeadLayer.of(network, memory, form, batch, this.gradients, logitBytes);
            long outputs = Math.multiplyExact((long) form.rows(), (long) config.outputSize());
            this.dropped = drops ? memory.alloc(ElementType.FLOAT32, outputs) : null;
            this.plan = memory.keep(newPlan(network, form, training));
            this.progress = new BackwardProgress(network, weightDrop != null);
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    private RnnPlan newPlan(Network network, Batch.Form form, boolean training) {
        RnnSpec spec = (training
                        ? network.trainingSpec(form.steps(), form.sequences(), masks)
                        : network.forwardSpec(form.steps(), form.sequences()))
                .withLengths(form.lengths())
                .in(form.share());
        return backend.recurrence().newRnnPlan(spec.withTable(inputLayer.tableSize()), training ? masks.clock() : null);
    }

    /** Gradients of the mean loss of T steps in B sequences. */
    public static Pass training(Network network, int steps, int sequences, Masks masks) {
        return training(network, Batch.Form.of(steps, sequences), masks);
    }

    /** Gradients of the mean loss of a batch of this form; of a share, its part of the whole batch's. */
    public static Pass training(Network network, Batch.Form form, Masks masks) {
        return training(network, form, masks, null);
    }

    /**
     * The same with what another pass has too, of which one at a time is gone: gradients, and weights of which some are
     * dropped.
     *
     * @param sister that pass; null for none
     */
    static Pass training(Network network, Batch.Form form, Masks masks, Pass sister) {
        RnnSpec features = network.trainingSpec(form.steps(), form.sequences(), masks);
        boolean table = !masks.regularisation().dropsInput() && prefersTable(network, features, form.rows());
        return new Pass(network, form, Purpose.TRAIN, masks, sister, table, LOGIT_BYTES);
    }

    /**
     * The same with the choices that are otherwise made here.
     *
     * @param table whether the first input product is a table
     * @param logitBytes most memory for logits
     */
    static Pass training(Network network, Batch.Form form, Masks masks, boolean table, long logitBytes) {
        return new Pass(network, form, Purpose.TRAIN, masks, null, table, logitBytes);
    }

    /**
     * T steps in B sequences forward.
     *
     * @param tokens about how many a sequence will go this way before the weights change
     */
    public static Pass forward(Network network, int steps, int sequences, Purpose purpose, long tokens) {
        return forward(network, Batch.Form.of(steps, sequences), purpose, tokens);
    }

    /** The same for a batch of this form. */
    public static Pass forward(Network network, Batch.Form form, Purpose purpose, long tokens) {
        if (purpose == Purpose.TRAIN) {
            throw new IllegalArgumentException("a pass that trains has dropout masks");
        }
        RnnSpec features = network.forwardSpec(form.steps(), form.sequences());
        boolean table = prefersTable(network, features, Math.multiplyExact(tokens, (long) form.sequences()));
        return new Pass(network, form, purpose, null, null, table, LOGIT_BYTES);
    }

    private static boolean prefersTable(Network network, RnnSpec features, long tokens) {
        return network.config().input() instanceof InputPart.Tokens part
                && part.clusters() == null
                && network.backend().recurrence().prefersTable(features, part.vocabularySize(), tokens);
    }

    public Batch batch() {
        return batch;
    }

    /** Laid out as the network's parameters; null when not training. */
    public DeviceBuffer gradients() {
        return gradients;
    }

    /**
     * A loss for every number that is judged: every target, with quantiles each of their Q; null where nothing is
     * judged.
     */
    public DeviceBuffer losses() {
        return head == null ? null : head.losses();
    }

    /** The most probable classes, INT32, as many as losses; null when training and where there are no classes. */
    public DeviceBuffer best() {
        return head == null ? null : head.best();
    }

    /** The recurrent stack, whose state goes on from pass to pass where that is wanted. */
    public RnnPlan plan() {
        return plan;
    }

    InputLayer input() {
        return inputLayer;
    }

    /**
     * Brings what was computed from the weights up to date with them: called before the first use and whenever they
     * have changed; {@link #differentiate} does it itself.
     */
    public void refresh() {
        inputLayer.refresh();
    }

    /** The recurrent stack's outputs y [T,B,D·H]. */
    public DeviceBuffer read() {
        inputLayer.forward();
        return plan.forward(rnnParameters, inputLayer.input());
    }

    /** Finds the head's predictions; of a pass made to {@link Purpose#PREDICT}. */
    public void predict() {
        head.predict(read());
    }

    /** Where {@link #predict} leaves them, {@link Head#size} numbers for each step or, of a class, each sequence. */
    public DeviceBuffer predictions() {
        return head.predictions();
    }

    /**
     * Finds losses and most probable classes.
     *
     * @return what {@link #read} returned
     */
    public DeviceBuffer judge() {
        DeviceBuffer y = read();
        head.judge(y);
        return y;
    }

    /** Finds losses and adds to the gradients; the state stays where it was until {@link RnnPlan#carryState}. */
    public void differentiate() {
        differentiate(BackwardProgress.NOBODY);
    }

    /**
     * The same.
     *
     * @param whole hears what {@link BackwardProgress} tells
     */
    void differentiate(LongConsumer whole) {
        progress.tell(whole);
        refresh();
        if (weightDrop != null) {
            weightDrop.draw();
        }
        DeviceBuffer dy = differentiateHead(read());
        progress.head();
        inputLayer.clearGradient();
        plan.backward(rnnParameters, inputLayer.input(), dy, rnnGradients, progress);
        if (weightDrop != null) {
            weightDrop.back();
        }
        inputLayer.backward();
        progress.all();
    }

    /** From the recurrent stack's outputs to the losses, and back to the gradient of these outputs. */
    private DeviceBuffer differentiateHead(DeviceBuffer y) {
        Regularisation wanted = masks.regularisation();
        DeviceBuffer read = y;
        if (dropped != null) {
            backend.layers().dropout(y, mask, masks.clock(), dropped);
            read = dropped;
        }
        head.differentiate(read, wanted.labelSmoothing());
        DeviceBuffer dy = head.outputGradient();
        if (wanted.activationPenalty() > 0) {
            backend.losses()
                    .activationPenalty(read, form.steps(), meanOf(wanted.activationPenalty(), form.steps()), 0, dy);
        }
        if (dropped != null) {
            backend.layers().dropout(dy, mask, masks.clock(), dy);
        }
        if (wanted.temporalPenalty() > 0 && form.steps() > 1) {
            backend.losses()
                    .activationPenalty(y, form.steps(), 0, meanOf(wanted.temporalPenalty(), form.steps() - 1), dy);
        }
        return dy;
    }

    /** What a square's derivative is multiplied with so that the mean over so many steps of the whole batch counts. */
    private float meanOf(float factor, int steps) {
        return (float) (2.0 * factor / ((double) steps * form.share().all() * width));
    }

    @Override
    public void close() {
        memory.close();
    }
}
