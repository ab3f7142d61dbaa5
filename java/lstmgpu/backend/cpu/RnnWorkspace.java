package lstmgpu.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/**
 * What a plan keeps, and where. Inside a plan the units are the rows and the sequences the columns, a block [·,B] a
 * step: a weight matrix then stands on the left of every product, which OpenBLAS runs a third faster at 64 sequences
 * than the other way round (it packs the small factor once and streams the large one), and a thread's units are one
 * stretch of memory.
 *
 * <p>A cell saves {@link #slots} blocks [H,B] a step: LSTM i, f, g, o; GRU r, z, n and q = W_hn·h + b_hn; plain cells
 * h; a normalised LSTM both products' i, f, g, o.
 */
final class RnnWorkspace implements AutoCloseable {
    final RnnSpec spec;
    final RnnShape shape;
    final int steps;
    final int sequences;
    final int units;

    /** R, the rows of h: those units, or the P of a projection. */
    final int shown;

    final int gateRows;
    final int slots;

    /** Elements of parameters and gradients, gaps included. */
    final long parameterCount;

    /** Per layer the tensors' first elements in parameters and gradients. */
    final LayerTensors[] tensors;

    /** Rows of W_hh; all but those of split gates meet the slots that W_ih fills. */
    final RecurrentRun[] recurrentRuns;

    /** Per layer h [T+1,R,B]; block 0 is the initial state. */
    final CpuBuffer[] hidden;

    /** Per layer what the cells make of c, [T,H,B]; null where that is h itself. */
    final CpuBuffer[] unprojected;

    /** Per layer c [T+1,H,B], or null. */
    final CpuBuffer[] cell;

    /** Per layer [T, slots·H, B]. */
    final CpuBuffer[] gates;

    /** Per layer what a step's products of a sequence were multiplied with to normalise them [T,2,B], or null. */
    final CpuBuffer[] normScales;

    /** Per layer what the layer above reads, h after dropout [T,R,B]; null where that is h itself. */
    final CpuBuffer[] dropped;

    /** x [T,I,B], or null with a table. */
    final CpuBuffer features;

    /**
     * The table with its gate rows as rows, [G·H,V]; null without one, and where it is read as it lies: by a single
     * sequence, a single step and {@link GateRows}.
     */
    final CpuBuffer table;

    final int[] tokens;

    /** y [T,B,R]. */
    final CpuBuffer output;

    /** Gradient of the current layer's h [T,R,B]; the layer's input gradient replaces it. */
    final CpuBuffer dHidden;

    /** Gradient of what the cells of the current step made of c [H,B]; null where that is h itself. */
    final CpuBuffer dUnprojected;

    /** What flows to the step before beside the product: LSTM's dc, GRU's z·dh; [H,B]. */
    final CpuBuffer carry;

    /** What units keep of the step before; null where they keep nothing. */
    final RnnZoneout zoneout;

    /** What products in bfloat16 multiply; null where they are in float32. */
    final RnnFactors factors;

    /** W_hhᵀ of the current layer [R,G·H]; null where products are in bfloat16, as are the next three. */
    final CpuBuffer recurrentTransposed;

    /** W_hrᵀ of the current layer [H,P]; null without a projection. */
    final CpuBuffer projectionTransposed;

    /** W_ihᵀ of the current layer [I or R, G·H]. */
    final CpuBuffer inputTransposed;

    /**
     * What a gradient's product multiplies with, as {@link WeightGradient} reads it: [T, columns/16 rounded up, B, 16];
     * null where none does.
     */
    final CpuBuffer panels;

    CpuBuffer parameters;
    CpuBuffer gradients;
    RnnInput input;

    private final List<CpuBuffer> owned = new ArrayList<>();
    private final Memory memory;

    /** Where a workspace gets its buffers from. */
    interface Memory {
        CpuBuffer alloc(ElementType type, long length);
    }

    /** What a workspace allocates, found by making one without memory. */
    static long bytes(RnnSpec spec) {
        long[] elements = {0};
        var _ = new RnnWorkspace(spec, (_, length) -> {
            elements[0] = Math.addExact(elements[0], length);
            return null;
        });
        return Math.multiplyExact(elements[0], CpuBuffer.ELEMENT_BYTES);
    }

    RnnWorkspace(RnnSpec spec, Memory memory) {
        this.spec = spec;
        this.memory = memory;
        shape = spec.shape();
        steps = spec.steps();
        sequences = spec.batch();
        units = shape.hiddenSize();
        shown = shape.shownSize();
        gateRows = shape.gateRows();
        slots = shape.cell().sides();
        recurrentRuns = RecurrentRun.of(shape.cell(), units);
        int layers = shape.layers();
        ParameterLayout layout = ParameterLayout.ofRnn(shape);
        parameterCount = layout.length();
        tensors = LayerTensors.of(layout, shape);
        boolean training = spec.training();
        boolean masks = spec.drops();
        hidden = new CpuBuffer[layers];
        unprojected = new CpuBuffer[layers];
        cell = new CpuBuffer[layers];
        gates = new CpuBuffer[layers];
        normScales = new CpuBuffer[layers];
        dropped = new CpuBuffer[layers];
        try {
            for (int layer = 0; layer < layers; layer++) {
                hidden[layer] = alloc(steps + 1L, shown, sequences);
                unprojected[layer] = shape.projects() ? alloc(steps, units, sequences) : null;
                cell[layer] = shape.cell().hasCellState() ? alloc(steps + 1L, units, sequences) : null;
                gates[layer] = alloc(steps, (long) slots * units, sequences);
                normScales[layer] = training && shape.cell().normalises() ? alloc(steps, 2, sequences) : null;
                dropped[layer] = masks && layer < layers - 1 ? alloc(steps, shown, sequences) : null;
            }
            boolean fromTable = spec.tableSize() > 0;
            features = fromTable ? null : alloc(steps, shape.inputSize(), sequences);
            boolean turns = fromTable && !singleSequence() && !writesTexts() && !GateRows.suit(this);
            table = turns ? alloc(1, gateRows, spec.tableSize()) : null;
            tokens = fromTable ? new int[spec.tokens()] : new int[0];
            output = alloc(steps, sequences, shown);
            dHidden = training ? alloc(steps, shown, sequences) : null;
            dUnprojected = training && shape.projects() ? alloc(1, units, sequences) : null;
            carry = training ? alloc(1, units, sequences) : null;
            zoneout = spec.zoneout().acts() ? new RnnZoneout(this, length -> alloc(1, 1, length)) : null;
            factors = rounds() ? new RnnFactors(this, length -> alloc(1, 1, length)) : null;
            boolean transposes = training && !rounds();
            recurrentTransposed = transposes ? alloc(1, shown, gateRows) : null;
            projectionTransposed = transposes && shape.projects() ? alloc(1, units, shown) : null;
            int most = transposes ? WeightGradient.panels(mostPanelColumns()) : 0;
            panels = most > 0 ? alloc(steps, (long) most * WeightGradient.PANEL, sequences) : null;
            inputTransposed = transposes ? alloc(1, Math.max(shown, shape.inputSize()), gateRows) : null;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private int mostPanelColumns() {
        return IntStream.of(shown, shape.projects() ? units : 0, readsTable() ? 0 : shape.inputSize())
                .filter(columns -> WeightGradient.suits(columns, sequences))
                .max()
                .orElse(0);
    }

    private CpuBuffer alloc(long blocks, long rows, long columns) {
        CpuBuffer buffer =
                memory.alloc(ElementType.FLOAT32, Math.multiplyExact(blocks, Math.multiplyExact(rows, columns)));
        owned.add(buffer);
        return buffer;
    }

    /** What the cells made of c [T+1,H,B], before units kept anything. */
    CpuBuffer madeCell(int layer) {
        CpuBuffer made = zoneout == null ? null : zoneout.madeCell(layer);
        return made == null ? cell[layer] : made;
    }

    /** Elements of a block [H,B]. */
    long unitBlock() {
        return (long) units * sequences;
    }

    /** Elements of a block [R,B]. */
    long shownBlock() {
        return (long) shown * sequences;
    }

    /** Where a layer's cells put what they make of c, a block [H,B] a step, of which a step's begins at the next. */
    CpuBuffer cellOutput(int layer) {
        return shape.projects() ? unprojected[layer] : hidden[layer];
    }

    long cellOutputAt(int step) {
        return (shape.projects() ? step : step + 1) * unitBlock();
    }

    /** The gradients of what the cells make of c, a block [H,B]. */
    CpuBuffer cellSlopes() {
        return shape.projects() ? dUnprojected : dHidden;
    }

    /** Where a step's block of them begins. */
    long cellSlopesAt(int step) {
        return shape.projects() ? 0 : step * unitBlock();
    }

    /** First element of a step's slots. */
    long gatesAt(int step) {
        return (long) step * slots * unitBlock();
    }

    boolean readsTable() {
        return spec.tableSize() > 0;
    }

    /** Whether the sequence is alone, so that [T,rows,B] is an ordinary matrix with a row a step. */
    boolean singleSequence() {
        return sequences == 1;
    }

    /**
     * Whether this is a step of texts that are being written: each is to be the same however many are beside it, and a
     * step reads so few rows of a table that it is not turned round for them.
     */
    boolean writesTexts() {
        return steps == 1 && !spec.training();
    }

    /**
     * Whether products have bfloat16 factors. A step of texts that are being written has float32's: to round its
     * weights for every token would take longer than the products.
     */
    boolean rounds() {
        return spec.precision() == Precision.BF16 && !writesTexts();
    }

    /** The slot of a gate on the side of h. */
    int hiddenSlot(int gate) {
        int split = shape.cell().splitGates();
        return gate < shape.cell().gates() - split ? gate : gate + split;
    }

    /** Inputs of a layer. */
    int inputOf(int layer) {
        return shape.inputOf(layer);
    }

    /** What a layer reads, blocks [I,B] of which the first step's begins at {@link #inputStart}. */
    CpuBuffer inputs(int layer) {
        if (layer == 0) {
            return features;
        }
        return dropped[layer - 1] != null ? dropped[layer - 1] : hidden[layer - 1];
    }

    long inputStart(int layer) {
        return layer == 0 || dropped[layer - 1] != null ? 0 : shownBlock();
    }

    /** Address of the input block [I,B] of a layer's step. */
    long inputAddress(int layer, int step) {
        return inputs(layer).address(inputStart(layer) + (long) step * inputOf(layer) * sequences);
    }

    @Override
    public void close() {
        owned.forEach(CpuBuffer::close);
    }
}
