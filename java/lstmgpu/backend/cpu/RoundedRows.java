package lstmgpu.backend.cpu;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.RoundedWeights;

/**
 * A copy of a matrix in fewer bytes, in tiles of sixteen rows, as {@code native/row_product.cpp} reads it. A few
 * columns of a row are a group; the groups of a tile's rows lie side by side, before those of the next columns. Rows
 * and columns that fill up a tile are zero.
 */
abstract class RoundedRows implements TextRows {
    final RowUnit unit;
    final int texts;
    final int columns;
    final CpuBuffer weights;
    private final Group group;
    private final int tilesOfBlock;

    /** Columns whose weights are neighbours, and their bytes. */
    record Group(int columns, int bytes) {}

    /** @param texts that are written side by side */
    RoundedRows(RowUnit unit, int texts, FloatRows rows, int blocks, Group group, RnnWorkspace.Memory memory) {
        this.unit = unit;
        this.texts = texts;
        this.group = group;
        columns = rows.columns();
        tilesOfBlock = tiles(rows.height());
        weights = memory.alloc(ElementType.INT32, words(blocks, rows.height(), columns, group));
    }

    /**
     * Rounds a matrix.
     *
     * @param blocks G; each begins a tile
     */
    static RoundedRows of(
            RoundedWeights form, RowUnit unit, int texts, FloatRows rows, int blocks, RnnWorkspace.Memory memory) {
        return switch (form) {
            case INT8 -> new ByteRows(unit, texts, rows, blocks, memory);
            case BF16 -> new HalfRows(unit, texts, rows, blocks, memory);
        };
    }

    /** Bytes of such a copy. */
    static long bytes(RoundedWeights form, RowUnit unit, int texts, int blocks, int height, int columns) {
        long words =
                switch (form) {
                    case INT8 -> words(blocks, height, columns, ByteRows.group(unit, texts)) + scales(blocks, height);
                    case BF16 -> words(blocks, height, columns, HalfRows.GROUP);
                };
        return Math.multiplyExact(words, CpuBuffer.ELEMENT_BYTES);
    }

    private static long words(int blocks, int height, int columns, Group group) {
        return scales(blocks, height) * Math.ceilDiv(columns, group.columns) * (group.bytes / CpuBuffer.ELEMENT_BYTES);
    }

    /** Rows of all tiles. */
    static long scales(int blocks, int height) {
        return (long) blocks * tiles(height) * RowProduct.TILE;
    }

    private static int tiles(int height) {
        return Math.ceilDiv(height, RowProduct.TILE);
    }

    /** Puts every row to its place. */
    final void fill(FloatRows rows, int blocks) {
        float[] row = new float[columns];
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < rows.height(); i++) {
                rows.read(block, i, row);
                put(row(block, i), row);
            }
        }
    }

    /** Rounds a row, and puts it to the place of this number. */
    abstract void put(long row, float[] values);

    /** The number of a row's place. */
    final long row(int block, int row) {
        return (long) block * tilesOfBlock * RowProduct.TILE + row;
    }

    /** The byte where a weight begins. */
    final long at(long row, int column) {
        long tile = row / RowProduct.TILE;
        long line = tile * Math.ceilDiv(columns, group.columns) + column / group.columns;
        return (line * RowProduct.TILE + row % RowProduct.TILE) * group.bytes
                + (long) (column % group.columns) * (group.bytes / group.columns);
    }

    @Override
    public void close() {
        weights.close();
    }
}
