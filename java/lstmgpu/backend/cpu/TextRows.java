package lstmgpu.backend.cpu;

/**
 * A matrix [G·H,K], G blocks of H rows, as a text reads it that is written token by token: some rows of a block at a
 * time, by one thread. A result does not depend on which rows are asked for together.
 */
interface TextRows extends AutoCloseable {
    /**
     * Reads a factor, for the products up to the worker's next one.
     *
     * @param x address of [K]
     * @return what {@link #add} takes
     */
    long read(Worker worker, long x);

    /**
     * y += W·x.
     *
     * @param from the first of the rows within the block, a multiple of {@link RowProduct#TILE}
     * @param factor what {@link #read} returned
     * @param y address of [rows]
     */
    void add(Worker worker, int block, int from, int rows, long factor, long y);

    @Override
    void close();
}
