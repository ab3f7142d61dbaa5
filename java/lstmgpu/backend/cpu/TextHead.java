package lstmgpu.backend.cpu;

/**
 * Logits of B texts from the last layer's h; a worker does some of each.
 *
 * @param rows W [V,H] as one block
 * @param bias [V]
 * @param hidden h [H,B] from its {@code first} element on
 * @param logits [B,V]
 */
record TextHead(
        TextRows rows, CpuBuffer bias, CpuBuffer hidden, long first, CpuBuffer logits, int vocabulary, int texts)
        implements WorkerPool.Task {
    @Override
    public void run(Worker worker) {
        int from = worker.from(vocabulary, RowProduct.TILE);
        int to = worker.to(vocabulary, RowProduct.TILE);
        if (from < to) {
            for (int text = 0; text < texts; text++) {
                bias.copyTo(from, logits, (long) text * vocabulary + from, (long) to - from);
            }
            long h = rows.read(worker, hidden.address(first));
            rows.add(worker, 0, from, to - from, h, logits.address(from), 1, vocabulary);
        }
    }
}
