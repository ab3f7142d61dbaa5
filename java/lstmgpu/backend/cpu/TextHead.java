package lstmgpu.backend.cpu;

/**
 * Logits of one text from the last layer's h; a worker does some of them.
 *
 * @param rows W [V,H] as one block
 * @param bias [V]
 * @param hidden h from its {@code first} element on
 * @param logits [V]
 */
record TextHead(TextRows rows, CpuBuffer bias, CpuBuffer hidden, long first, CpuBuffer logits, int vocabulary)
        implements WorkerPool.Task {
    @Override
    public void run(Worker worker) {
        int from = worker.from(vocabulary, RowProduct.TILE);
        int to = worker.to(vocabulary, RowProduct.TILE);
        if (from < to) {
            bias.copyTo(from, logits, from, (long) to - from);
            long h = rows.read(worker, hidden.address(first));
            rows.add(worker, 0, from, to - from, h, logits.address(from));
        }
    }
}
