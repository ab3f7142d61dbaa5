package lstmgpu.backend.cpu;

import java.util.function.LongFunction;
import lstmgpu.backend.cpu.Bfloat16Factor.Side;

/** What the products of a projected h multiply, rounded. */
final class ProjectionFactors {
    /** The current layer's W_hr, [P,H]; its transpose [H,P] going back. */
    final Bfloat16Factor weight;

    /** What the cells of the current step made of c, a block [H,B]. */
    final Bfloat16Factor unprojected;

    /** The gradient of the current step's h, a block [P,B]; null where nothing goes back. */
    final Bfloat16Factor dHidden;

    /** The same as the factor on the left, a block [P,B] a step. */
    final Bfloat16Factor dHiddenRows;

    /** @param alloc takes so many elements of memory */
    ProjectionFactors(RnnWorkspace work, LongFunction<CpuBuffer> alloc) {
        int units = work.units;
        int shown = work.shown;
        int sequences = work.sequences;
        boolean training = work.spec.training();
        long length = Math.max(Bfloat16Factor.length(1, shown, units), Bfloat16Factor.length(1, units, shown));
        weight = new Bfloat16Factor(Side.LEFT, alloc.apply(length));
        unprojected = RnnFactors.right(alloc, 1, sequences, units).shape(sequences, units);
        dHidden = training ? RnnFactors.right(alloc, 1, sequences, shown).shape(sequences, shown) : null;
        dHiddenRows = training
                ? new Bfloat16Factor(Side.LEFT, alloc.apply(Bfloat16Factor.length(work.steps, shown, sequences)))
                        .shape(shown, sequences)
                : null;
    }

    /** Rounds some rows of W_hr. */
    void round(RnnWorkspace work, Worker worker, long tensor) {
        weight.shape(work.shown, work.units);
        int from = worker.from(work.shown, RoundedLayer.UNITS);
        int rows = worker.to(work.shown, RoundedLayer.UNITS) - from;
        if (rows > 0) {
            long source = work.parameters.address(tensor + (long) from * work.units);
            weight.roundRows(0, from, rows, work.units, source, work.units);
        }
    }

    /** Rounds some columns of W_hr, which become rows. */
    void transpose(RnnWorkspace work, Worker worker, long tensor) {
        weight.shape(work.units, work.shown);
        int from = worker.from(work.units, RoundedLayer.UNITS);
        int columns = worker.to(work.units, RoundedLayer.UNITS) - from;
        if (columns > 0) {
            weight.roundColumns(0, from, 0, work.shown, columns, work.parameters.address(tensor + from), work.units);
        }
    }
}
