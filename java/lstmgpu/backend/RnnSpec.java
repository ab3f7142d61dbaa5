package lstmgpu.backend;

/**
 * One use of a recurrent stack; made by {@link #forward} or {@link #training} and what follows them.
 *
 * @param steps T, the steps of one call
 * @param batch B, the sequences
 * @param training whether {@link RnnPlan#backward} will be called
 * @param dropout between layers; only when training
 * @param zoneout which units keep what they had before a step
 * @param tableSize 0 if the input is x [T,B,I]; otherwise V, and the input is a table of V rows (see
 *     {@link RnnInput.Table})
 * @param lengths whether inputs may bring {@link RnnInput#lengths}
 * @param implementation AUTO, or the only one that will do
 * @param share which sequences of the whole batch these are, for the random numbers of dropout and of resets
 */
public record RnnSpec(
        RnnShape shape,
        int steps,
        int batch,
        Precision precision,
        boolean training,
        Dropout dropout,
        Zoneout zoneout,
        int tableSize,
        boolean lengths,
        RnnImplementation implementation,
        BatchShare share) {
    /**
     * Zeroing of outputs.
     *
     * @param probability in [0, 1)
     * @param seed of the masks; layer {@code l}'s output uses stream {@code l}
     * @param locked whether a sequence is dropped the same at every step
     */
    public record Dropout(float probability, long seed, boolean locked) {
        static final Dropout NONE = new Dropout(0, 0, false);

        public Dropout {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout must lie in [0, 1), not " + probability);
            }
        }
    }

    public RnnSpec {
        if (steps < 1 || batch < 1 || tableSize < 0) {
            throw new IllegalArgumentException("a plan needs at least one step and one sequence");
        }
        share.of(batch);
        if (tableSize > 0 && !shape.takesTable()) {
            throw new IllegalArgumentException("a bidirectional or normalised stack reads features, not a table");
        }
        if (zoneout.cell() > 0 && !shape.cell().hasCellState()) {
            throw new IllegalArgumentException(shape.cell().word() + " has no c that could be kept");
        }
        if (zoneout.acts() && shape.projects()) {
            throw new IllegalArgumentException("no plan has a projection and zoneout");
        }
    }

    /** A use without {@link RnnPlan#backward}, on features, computed as the backend chooses. */
    public static RnnSpec forward(RnnShape shape, int steps, int batch, Precision precision) {
        return new RnnSpec(
                shape,
                steps,
                batch,
                precision,
                false,
                Dropout.NONE,
                Zoneout.NONE,
                0,
                false,
                RnnImplementation.AUTO,
                BatchShare.whole(batch));
    }

    /** A use in training, on features and without dropout, computed as the backend chooses. */
    public static RnnSpec training(RnnShape shape, int steps, int batch, Precision precision) {
        return new RnnSpec(
                shape,
                steps,
                batch,
                precision,
                true,
                Dropout.NONE,
                Zoneout.NONE,
                0,
                false,
                RnnImplementation.AUTO,
                BatchShare.whole(batch));
    }

    /** The same with outputs between layers zeroed. */
    public RnnSpec withDropout(float probability, long seed) {
        return withDropout(probability, seed, false);
    }

    /** The same with outputs between layers zeroed; locked: a sequence's the same at every step. */
    public RnnSpec withDropout(float probability, long seed, boolean locked) {
        return with(new Dropout(probability, seed, locked), zoneout, tableSize);
    }

    /** The same with units that keep what they had. */
    public RnnSpec withZoneout(Zoneout some) {
        return with(dropout, some, tableSize);
    }

    /** The same for an input that is a table of so many rows, or features where it is 0. */
    public RnnSpec withTable(int rows) {
        return with(dropout, zoneout, rows);
    }

    private RnnSpec with(Dropout masks, Zoneout some, int rows) {
        return new RnnSpec(shape, steps, batch, precision, training, masks, some, rows, lengths, implementation, share);
    }

    /** The same for another number of steps. */
    public RnnSpec withSteps(int count) {
        return new RnnSpec(
                shape, count, batch, precision, training, dropout, zoneout, tableSize, lengths, implementation, share);
    }

    /** The same for inputs that may bring lengths, or not. */
    public RnnSpec withLengths(boolean some) {
        return with(some, implementation, share);
    }

    /** The same for one direction of a layer alone, on features and without dropout. */
    public RnnSpec direction(int layer, boolean reverse) {
        Zoneout own = zoneout.from(layer * shape.directions() + (reverse ? 1 : 0));
        return new RnnSpec(
                shape.direction(layer),
                steps,
                batch,
                precision,
                training,
                Dropout.NONE,
                own,
                0,
                lengths,
                implementation,
                share);
    }

    /** The same, computed by this implementation or not at all; AUTO leaves it to the backend. */
    public RnnSpec by(RnnImplementation only) {
        return with(lengths, only, share);
    }

    /** The same for a share of a batch. */
    public RnnSpec in(BatchShare part) {
        return with(lengths, implementation, part);
    }

    private RnnSpec with(boolean some, RnnImplementation only, BatchShare part) {
        return new RnnSpec(shape, steps, batch, precision, training, dropout, zoneout, tableSize, some, only, part);
    }

    /** The mask of the output of {@code layer}. */
    public DropoutSpec mask(int layer) {
        return new DropoutSpec(
                dropout.probability, dropout.seed, layer, batch, shape.outputSize(), share, dropout.locked);
    }

    /** Which units of {@code layer} keep h, or else c; directions count as layers. */
    public DropoutSpec zoneoutMask(int layer, boolean ofHidden) {
        return new DropoutSpec(
                zoneout.probability(ofHidden),
                zoneout.seed(),
                zoneout.stream(layer, ofHidden),
                batch,
                shape.hiddenSize(),
                share);
    }

    /** Whether outputs between layers are zeroed. */
    public boolean drops() {
        return training && dropout.probability() > 0;
    }

    /**
     * For a plan that is about to be made.
     *
     * @throws IllegalArgumentException if there is no clock where masks are numbered by one
     */
    public void requireClock(StepClock clock) {
        if (clock == null && (drops() || zoneout.draws())) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
    }

    /** Whether a state goes on from call to call. Otherwise sequences begin from zero and end within the batch. */
    public boolean carries() {
        return !lengths && !shape.bidirectional();
    }

    /** @throws IllegalStateException unless a state goes on from call to call */
    public void requireCarries() {
        if (!carries()) {
            throw new IllegalStateException("sequences with lengths or two directions end within the batch");
        }
    }

    /**
     * For a plan that is about to begin with this state.
     *
     * @throws IllegalStateException if it is not zero though none goes on from call to call
     */
    public void requireState(RnnState state) {
        if (!carries() && !state.isZero()) {
            requireCarries();
        }
    }

    /**
     * For a plan of which one sequence is asked for.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void requireSequence(int sequence) {
        requireCarries();
        if (sequence < 0 || sequence >= batch) {
            throw new IllegalArgumentException("sequence %d is outside [0, %d)".formatted(sequence, batch));
        }
    }

    /**
     * For a plan of which one sequence is about to begin with this state.
     *
     * @throws IllegalArgumentException if there is no such sequence, or the state is not one of a single sequence
     */
    public void requireSequence(int sequence, RnnState state) {
        requireSequence(sequence);
        int numbers = hiddenStates() / batch;
        int cells = cellStates() / batch;
        if (state.hidden().length != numbers || state.cell().length != cells) {
            throw new IllegalArgumentException("a sequence's state has %d and %d values, not %d and %d"
                    .formatted(numbers, cells, state.hidden().length, state.cell().length));
        }
    }

    /**
     * For a plan that is about to read this input.
     *
     * @throws IllegalArgumentException if it brings lengths that were not announced or that do not fit
     */
    public void requireLengths(RnnInput input) {
        DeviceBuffer given = input.lengths();
        if (given == null) {
            return;
        }
        if (!lengths) {
            throw new IllegalArgumentException("the plan was made for sequences of equal length");
        }
        if (given.type() != ElementType.INT32 || given.length() < batch) {
            throw new IllegalArgumentException(
                    "lengths are %s [%d] where INT32 [%d] is needed".formatted(given.type(), given.length(), batch));
        }
    }

    /** Numbers of a state h [L·D,B,R]. */
    public int hiddenStates() {
        return states(shape.shownSize());
    }

    /** Numbers of a state c [L·D,B,H]; 0 for a cell without. */
    public int cellStates() {
        return shape.cell().hasCellState() ? states(shape.hiddenSize()) : 0;
    }

    private int states(int width) {
        return Math.multiplyExact(Math.multiplyExact(shape.layers() * shape.directions(), batch), width);
    }

    /** N = T·B. */
    public int tokens() {
        return Math.multiplyExact(steps, batch);
    }
}
