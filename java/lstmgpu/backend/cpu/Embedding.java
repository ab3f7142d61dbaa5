package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;

/**
 * Rows of a table by token, and the table's gradient; a worker does some of the columns, so that sums keep their order.
 */
final class Embedding implements WorkerPool.Task {
    private static final int COLUMNS = 16;
    private static final int TOKENS = 1024;

    private CpuBuffer table;
    private CpuBuffer rows;
    private CpuBuffer tokens;
    private int count;
    private int width;
    private long vocabulary;
    private boolean gradient;

    /** rows[n,:] = table[tokens[n],:], or table[tokens[n],:] += rows[n,:]. */
    Embedding of(DeviceBuffer source, DeviceBuffer ids, int embeddingSize, DeviceBuffer out, boolean addToTable) {
        count = Math.toIntExact(ids.length());
        width = embeddingSize;
        table = CpuArguments.floats(source, embeddingSize, "table");
        tokens = CpuArguments.ints(ids, count, "tokens");
        rows = CpuArguments.floats(out, (long) count * embeddingSize, "rows");
        gradient = addToTable;
        vocabulary = source.length() / embeddingSize;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(width, COLUMNS);
        int columns = worker.to(width, COLUMNS) - from;
        if (columns <= 0) {
            return;
        }
        int[] ids = worker.intTile(0, TOKENS);
        float[] row = worker.tile(0, width);
        float[] sum = worker.tile(1, width);
        for (int first = 0; first < count; first += TOKENS) {
            int some = Math.min(TOKENS, count - first);
            tokens.read(first, ids, 0, some);
            for (int i = 0; i < some; i++) {
                long inTable = checked(ids[i]) * width + from;
                long inRows = (long) (first + i) * width + from;
                if (gradient) {
                    table.read(inTable, sum, 0, columns);
                    rows.read(inRows, row, 0, columns);
                    VectorMath.add(sum, row, columns);
                    table.write(sum, 0, inTable, columns);
                } else {
                    table.copyTo(inTable, rows, inRows, columns);
                }
            }
        }
    }

    private long checked(int token) {
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("token " + token + " is outside [0, " + vocabulary + ")");
        }
        return token;
    }
}
