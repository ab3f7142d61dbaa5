package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/**
 * What a plan keeps, and where: row-major, a block [B,·] a step. All of it is allocated and cut into steps when the
 * plan is made. What only backward reads is null in a plan that is not for training.
 */
final class RnnMemory implements AutoCloseable {
    final RnnSpec spec;

    /** What {@code real} is in the kernels: the type of factors, gates and their gradients. */
    final ElementType storage;

    /** Per layer and step 0 to T: h [B,R]; step 0 is the initial state. */
    final KernelBuffer[][] hidden;

    /** The same as factors of products; with FLOAT32 factors the very same buffers. */
    final KernelBuffer[][] hiddenFactors;

    /** Per layer and step 0 to T: c [B,H]; without a cell state null. */
    final KernelBuffer[][] cell;

    /**
     * Per layer and step 1 to T what the cell makes of h, or c, before units keep anything; the states themselves where
     * they keep nothing, and where nobody asks for it afterwards.
     */
    final KernelBuffer[][] madeHidden;

    final KernelBuffer[][] madeCell;

    /** Per layer and step: activated gates [B,G·H], for which backward puts their gradients (of the input's side). */
    final KernelBuffer[][] gates;

    /** Per layer and step: the hidden side of a split last gate, GRU's W_hn·h + b_hn [B,H]; otherwise null. */
    final KernelBuffer[][] recurrentNew;

    /**
     * Per layer and step: gate gradients of the hidden side [B,G·H]; but where no gate is split they are those of the
     * input's side. Of a cell that normalises, before that, what is normalised of either side.
     */
    final KernelBuffer[][] hiddenGates;

    /** Per layer and step what the two products of a sequence were multiplied with to normalise them [B,2], or null. */
    final KernelBuffer[][] normScales;

    /** Per layer sums over the steps [14·B·H], from which the gradients of the norms come; empty without norms. */
    final KernelBuffer[] normSums;

    /** Per layer {@link #gates} of all steps [T,B,G·H]. */
    final KernelBuffer[] allGates;

    /** Per layer {@link #hiddenGates} of all steps [T,B,G·H]. */
    final KernelBuffer[] allHiddenGates;

    /** Per layer the h that the steps began with, as a factor [T,B,R]. */
    final KernelBuffer[] hiddenBefore;

    /** Per layer the h that the steps ended with, as a factor [T,B,R]. */
    final KernelBuffer[] hiddenAfter;

    /** Per layer h after dropout as a factor [T,B,R]; null where there is no dropout. */
    final KernelBuffer[] dropped;

    /** The last layer's h [T,B,R], FLOAT32. */
    final KernelBuffer output;

    /** W_ih·x of the current layer [T,B,G·H], and its steps; null in a plan of one layer that reads a table. */
    final KernelBuffer projected;

    final KernelBuffer[] projectedSteps;

    /** W_hh·h of the current step [B,G·H]. */
    final KernelBuffer recurrent;

    /** x as a factor [T,B,I], where that is another type than x. */
    final KernelBuffer features;

    /** Gradient of the current layer's h [T,B,R] and its steps, below the last layer. */
    final KernelBuffer dHidden;

    final KernelBuffer[] dHiddenSteps;

    /** What flows to the step before through W_hh, and W_hr where there is one [B,H]. */
    final KernelBuffer dRecurrent;

    /** What flows to the step before beside it: LSTM's dc, GRU's z·dh [B,H]. */
    final KernelBuffer carried;

    /** What lies between the cells and h where that is projected; otherwise null. */
    final ProjectionMemory projection;
    /**
     * Of units that keep what they had: gradient of h as the cell makes it, and what of h's and c's goes past it [B,H].
     */
    final KernelBuffer zoneoutSlopes;

    final KernelBuffer passedHidden;
    final KernelBuffer passedCell;

    private final KernelDevice device;
    private final List<KernelBuffer> owned = new ArrayList<>();

    RnnMemory(KernelDevice device, RnnSpec spec) {
        this.device = device;
        this.spec = spec;
        this.storage = KernelArguments.storage(spec.precision());
        RnnShape shape = spec.shape();
        int layers = shape.layers();
        boolean training = spec.training();
        hidden = new KernelBuffer[layers][];
        hiddenFactors = new KernelBuffer[layers][];
        cell = new KernelBuffer[layers][];
        madeHidden = new KernelBuffer[layers][];
        madeCell = new KernelBuffer[layers][];
        gates = new KernelBuffer[layers][];
        recurrentNew = new KernelBuffer[layers][];
        hiddenGates = new KernelBuffer[layers][];
        normScales = new KernelBuffer[layers][];
        normSums = new KernelBuffer[training && shape.cell().normalises() ? layers : 0];
        allGates = new KernelBuffer[layers];
        allHiddenGates = new KernelBuffer[layers];
        hiddenBefore = new KernelBuffer[layers];
        hiddenAfter = new KernelBuffer[layers];
        dropped = new KernelBuffer[layers];
        try {
            for (int layer = 0; layer < layers; layer++) {
                allocStates(layer);
                if (training) {
                    allocGates(layer);
                }
                boolean drops = spec.drops() && layer < layers - 1;
                dropped[layer] = drops ? steps(storage, shape.shownSize()) : null;
            }
            output = hidden[layers - 1][0].root().slice(shownBlock(), spec.steps() * shownBlock());
            boolean table = spec.tableSize() > 0;
            projected = table && layers == 1 ? null : steps(ElementType.FLOAT32, shape.gateRows());
            projectedSteps = cut(projected, gateBlock());
            recurrent = alloc(ElementType.FLOAT32, gateBlock());
            features = table || isFloat() ? null : steps(storage, shape.inputSize());
            dHidden = training && layers > 1 ? steps(ElementType.FLOAT32, shape.shownSize()) : null;
            dHiddenSteps = cut(dHidden, shownBlock());
            dRecurrent = training ? alloc(ElementType.FLOAT32, unitBlock()) : null;
            carried = training ? alloc(ElementType.FLOAT32, unitBlock()) : null;
            projection = shape.projects() ? new ProjectionMemory(this, this::alloc) : null;
            boolean keeps = training && spec.zoneout().acts();
            zoneoutSlopes = keeps ? alloc(ElementType.FLOAT32, unitBlock()) : null;
            passedHidden = keeps ? alloc(ElementType.FLOAT32, unitBlock()) : null;
            passedCell = keeps && shape.cell().hasCellState() ? alloc(ElementType.FLOAT32, unitBlock()) : null;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private void allocStates(int layer) {
        int states = spec.steps() + 1;
        KernelBuffer all = alloc(ElementType.FLOAT32, states * shownBlock());
        KernelBuffer factors = isFloat() ? all : alloc(storage, states * shownBlock());
        hidden[layer] = Cuts.blocks(all, states, shownBlock());
        hiddenFactors[layer] = isFloat() ? hidden[layer] : Cuts.blocks(factors, states, shownBlock());
        hiddenBefore[layer] = factors.slice(0, spec.steps() * shownBlock());
        hiddenAfter[layer] = factors.slice(shownBlock(), spec.steps() * shownBlock());
        boolean keeps = spec.training() && spec.zoneout().acts();
        madeHidden[layer] = keeps && !spec.shape().cell().keepsGates() ? states(states) : hidden[layer];
        if (spec.shape().cell().hasCellState()) {
            cell[layer] = states(states);
            madeCell[layer] = keeps && spec.zoneout().cell() > 0 ? states(states) : cell[layer];
        }
    }

    private KernelBuffer[] states(int count) {
        return Cuts.blocks(alloc(ElementType.FLOAT32, count * unitBlock()), count, unitBlock());
    }

    private void allocGates(int layer) {
        boolean split = spec.shape().cell().splitGates() > 0;
        boolean last = spec.shape().cell().splitsLastGate();
        int gateRows = spec.shape().gateRows();
        allGates[layer] = steps(storage, gateRows);
        gates[layer] = cut(allGates[layer], gateBlock());
        allHiddenGates[layer] = split ? steps(storage, gateRows) : allGates[layer];
        hiddenGates[layer] = split ? cut(allHiddenGates[layer], gateBlock()) : gates[layer];
        recurrentNew[layer] = last ? cut(steps(storage, spec.shape().hiddenSize()), unitBlock()) : null;
        if (normSums.length > 0) {
            normScales[layer] = cut(steps(ElementType.FLOAT32, 2), 2L * spec.batch());
            normSums[layer] = alloc(ElementType.FLOAT32, Math.addExact(3 * gateBlock(), 2 * unitBlock()));
        }
    }

    /** The states and gates of all steps, layer by layer. */
    LayerSequence[] sequences() {
        LayerSequence[] sequences = new LayerSequence[hidden.length];
        for (int layer = 0; layer < sequences.length; layer++) {
            sequences[layer] = new LayerSequence(
                    hidden[layer][0].root(),
                    hiddenFactors[layer][0].root(),
                    hiddenAfter[layer],
                    whole(cell[layer]),
                    allGates[layer],
                    whole(recurrentNew[layer]),
                    allHiddenGates[layer]);
        }
        return sequences;
    }

    private static KernelBuffer whole(KernelBuffer[] blocks) {
        return blocks == null ? null : blocks[0].root();
    }

    /** A step's block of a layer, or null where there are none. */
    static KernelBuffer at(KernelBuffer[][] blocks, int layer, int step) {
        return blocks[layer] == null ? null : blocks[layer][step];
    }

    boolean isFloat() {
        return storage == ElementType.FLOAT32;
    }

    /** Elements of a block [B,H]. */
    long unitBlock() {
        return Math.multiplyExact((long) spec.batch(), spec.shape().hiddenSize());
    }

    /** Elements of a block [B,R]. */
    long shownBlock() {
        return Math.multiplyExact((long) spec.batch(), spec.shape().shownSize());
    }

    /** Where a step's cells put what they make of c [B,H]: h itself, or what projection or zoneout turns into it. */
    KernelBuffer cellOutput(int layer, int step) {
        return projection == null ? madeHidden[layer][step + 1] : projection.outputs(layer, step);
    }

    /** The same as a factor of products; null where it is the very same buffer. */
    KernelBuffer cellOutputFactor(int layer, int step) {
        if (isFloat()) {
            return null;
        }
        return projection == null ? hiddenFactors[layer][step + 1] : projection.factors(layer, step);
    }

    /** Elements of a block [B,G·H]. */
    long gateBlock() {
        return Math.multiplyExact((long) spec.batch(), spec.shape().gateRows());
    }

    private KernelBuffer[] cut(KernelBuffer whole, long length) {
        return whole == null ? null : Cuts.blocks(whole, spec.steps(), length);
    }

    private KernelBuffer steps(ElementType type, int width) {
        return alloc(type, Math.multiplyExact((long) spec.tokens(), width));
    }

    private KernelBuffer alloc(ElementType type, long length) {
        KernelBuffer buffer = device.alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
    }
}
