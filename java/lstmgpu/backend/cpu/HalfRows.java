package lstmgpu.backend.cpu;

import java.lang.foreign.ValueLayout;
import lstmgpu.backend.RoundedWeights;

/** A matrix in bfloat16. */
final class HalfRows extends RoundedRows {
    static final Group GROUP = new Group(2, 4);

    HalfRows(RowUnit unit, int texts, FloatRows rows, int blocks, RnnWorkspace.Memory memory) {
        super(unit, texts, rows, blocks, GROUP, memory);
        fill(rows, blocks);
    }

    @Override
    void put(long row, float[] values) {
        RoundedWeights.BF16.round(values, 0, columns);
        for (int column = 0; column < columns; column++) {
            short upper = (short) (Float.floatToRawIntBits(values[column]) >>> Short.SIZE);
            weights.segment().set(ValueLayout.JAVA_SHORT, at(row, column), upper);
        }
    }

    @Override
    public long read(Worker worker, long x) {
        return x;
    }

    @Override
    public void add(Worker worker, int block, int from, int rows, long factor, long y, int rowStride, int textStride) {
        long first = weights.address(0) + at(row(block, from), 0);
        if (texts == 1) {
            RowProduct.halves(unit, rows, columns, first, factor, y);
        } else {
            RowProduct.oneByOne(unit, false, rows, texts, columns, first, 0, factor, y, rowStride, textStride, worker);
        }
    }
}
