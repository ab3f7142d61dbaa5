package lstmgpu.backend.cpu;

/**
 * A matrix [G·H,K], G blocks of H rows, as texts read it that are written token by token: some rows of a block at a
 * time, by one thread. A result depends neither on which rows are asked for together nor on the texts beside it.
 */
interface TextRows extends AutoCloseable {
    /**
     * Reads a factor, for the products up to the worker's next one.
     *
     * @param x address of [K,B], B the texts for which this was made
     * @return what {@link #add} takes
     */
    long read(Worker worker, long x);

    /**
     * y += W·x.
     *
     * @param from the first of the rows within the block, a multiple of {@link RowProduct#TILE}
     * @param factor what {@link #read} returned
     * @param y address of the first row's result for the first text
     * @param rowStride numbers from a row's results to the next one's
     * @param textStride the same of texts
     */
    void add(Worker worker, int block, int from, int rows, long factor, long y, int rowStride, int textStride);

    @Override
    void close();
}
