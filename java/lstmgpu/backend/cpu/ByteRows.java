package lstmgpu.backend.cpu;

import java.lang.foreign.ValueLayout;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RoundedWeights;

/** A matrix in bytes, with a scale for each row. */
final class ByteRows extends RoundedRows {
    private static final Group FEW = new Group(4, 4);
    private static final Group LINE = new Group(64, 64);
    private static final int OFFSET = 128; // Bytes are unsigned: whole numbers in [−127, 127] and this.

    private final CpuBuffer scales;

    ByteRows(RowUnit unit, int texts, FloatRows rows, int blocks, RnnWorkspace.Memory memory) {
        super(unit, texts, rows, blocks, group(unit, texts), memory);
        weights.segment().fill((byte) OFFSET);
        scales = memory.alloc(ElementType.FLOAT32, scales(blocks, rows.height()));
        fill(rows, blocks);
    }

    /** How bytes lie for so many texts. */
    static Group group(RowUnit unit, int texts) {
        return unit.tilesFor(texts) ? LINE : FEW;
    }

    @Override
    void put(long row, float[] values) {
        float scale = RoundedWeights.scale(values, 0, columns);
        scales.setFloat(row, scale);
        for (int column = 0; column < columns && scale > 0; column++) {
            byte number = (byte) (Math.round(values[column] / scale) + OFFSET);
            weights.segment().set(ValueLayout.JAVA_BYTE, at(row, column), number);
        }
    }

    @Override
    public long read(Worker worker, long x) {
        if (unit.tilesFor(texts)) {
            long factor = worker.scratch(RowProduct.textsBytes(texts, columns));
            RowProduct.textsFactor(texts, columns, x, factor);
            return factor;
        }
        if (texts > 1) {
            return x;
        }
        long factor = worker.scratch(RowProduct.factorBytes());
        RowProduct.factor(unit, columns, x, factor);
        return factor;
    }

    @Override
    public void add(Worker worker, int block, int from, int rows, long factor, long y, int rowStride, int textStride) {
        long row = row(block, from);
        long first = weights.address(0) + at(row, 0);
        if (unit.tilesFor(texts)) {
            RowProduct.tiles(rows, texts, columns, first, scales.address(row), factor, y, rowStride, textStride);
        } else if (texts > 1) {
            RowProduct.oneByOne(
                    unit,
                    true,
                    rows,
                    texts,
                    columns,
                    first,
                    scales.address(row),
                    factor,
                    y,
                    rowStride,
                    textStride,
                    worker);
        } else {
            RowProduct.bytes(unit, rows, columns, first, scales.address(row), factor, y);
        }
    }

    @Override
    public void close() {
        super.close();
        scales.close();
    }
}
