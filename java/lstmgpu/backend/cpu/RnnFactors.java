package lstmgpu.backend.cpu;

import java.util.function.LongFunction;
import lstmgpu.backend.cpu.Bfloat16Factor.Side;

/**
 * What a plan's products in bfloat16 multiply, rounded. Every gate has {@link #units} rows, H padded to a multiple of
 * 32, so that gates begin where a group of rows and a stretch of the inner length do.
 */
final class RnnFactors {
    /** Steps that are kept where only neighbours meet. */
    private static final int NEIGHBOURS = 2;

    /** H with its padding. */
    final int units;

    /** The current layer's W_ih, [G·units,I]; its transpose [I,G·units] going back; null if no layer has one. */
    final Bfloat16Factor inputWeight;

    /** The current layer's W_hh, [G·units,R]; its transpose [R,G·units] going back. */
    final Bfloat16Factor recurrentWeight;

    /** What the current layer reads, a block [I,B] a step; null if it is a table and there is no other layer. */
    final Bfloat16Factor inputs;

    /** What a projection multiplies; null without one. */
    final ProjectionFactors projection;

    /** h of the current layer, blocks [R,B] of this step and the next. */
    final Bfloat16Factor hidden;

    /** Gradients of the current layer's gates on the side of the input, a block [G·units,B] a step. */
    final Bfloat16Factor gates;

    /**
     * The same on the side of h; those of split gates are others, and then only two steps are kept.
     */
    final Bfloat16Factor hiddenGates;

    /** The gradients of all slots, as the factor on the left, a block [slots·units,B] a step. */
    final Bfloat16Factor slots;

    /** What they are multiplied with for a weight matrix's gradient, a block [B, I, R or H] a step. */
    final Bfloat16Factor states;

    private final RnnWorkspace work;

    /** @param alloc takes so many elements of memory */
    RnnFactors(RnnWorkspace work, LongFunction<CpuBuffer> alloc) {
        this.work = work;
        int shown = work.shown;
        int sequences = work.sequences;
        int most = 0;
        for (int layer = work.readsTable() ? 1 : 0; layer < work.shape.layers(); layer++) {
            most = Math.max(most, work.inputOf(layer));
        }
        units = Bfloat16Factor.padded(work.units);
        int gateRows = gateRows();
        recurrentWeight = new Bfloat16Factor(Side.LEFT, alloc.apply(weightLength(shown)));
        inputWeight = most == 0 ? null : new Bfloat16Factor(Side.LEFT, alloc.apply(weightLength(most)));
        inputs = most == 0 ? null : right(alloc, work.steps, sequences, most);
        hidden = right(alloc, NEIGHBOURS, sequences, shown).shape(sequences, shown);
        projection = work.shape.projects() ? new ProjectionFactors(work, alloc) : null;
        if (!work.spec.training()) {
            gates = null;
            hiddenGates = null;
            slots = null;
            states = null;
            return;
        }
        gates = right(alloc, work.steps, sequences, gateRows).shape(sequences, gateRows);
        hiddenGates = splits() ? right(alloc, NEIGHBOURS, sequences, gateRows).shape(sequences, gateRows) : gates;
        int slotRows = work.slots * units;
        slots = new Bfloat16Factor(Side.LEFT, alloc.apply(Bfloat16Factor.length(work.steps, slotRows, sequences)))
                .shape(slotRows, sequences);
        states = right(alloc, work.steps, Math.max(projection == null ? shown : work.units, most), sequences);
    }

    static Bfloat16Factor right(LongFunction<CpuBuffer> alloc, int blocks, int outer, int inner) {
        return new Bfloat16Factor(Side.RIGHT, alloc.apply(Bfloat16Factor.length(blocks, outer, inner)));
    }

    /** Of a matrix with so many columns, in either direction. */
    private long weightLength(int columns) {
        return Math.max(Bfloat16Factor.length(1, gateRows(), columns), Bfloat16Factor.length(1, columns, gateRows()));
    }

    /** G·units. */
    int gateRows() {
        return work.shape.cell().gates() * units;
    }

    boolean splits() {
        return work.shape.cell().splitGates() > 0;
    }

    /** Where {@link #hiddenGates} has a step. */
    int hiddenGatesAt(int step) {
        return splits() ? step % NEIGHBOURS : step;
    }

    /** Where {@link #hidden} has what a step begins with. */
    int hiddenAt(int step) {
        return step % NEIGHBOURS;
    }
}
