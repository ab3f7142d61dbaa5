package lstmgpu.backend.cpu;

/**
 * {@link StateProjection} of texts that are written; a worker does some of h.
 *
 * @param work of one step
 * @param rows W_hr [P,H] as one block
 */
record TextProjection(RnnWorkspace work, int layer, TextRows rows) implements WorkerPool.Task {
    @Override
    public void run(Worker worker) {
        int from = worker.from(work.shown, RowProduct.TILE);
        int to = worker.to(work.shown, RowProduct.TILE);
        if (from < to) {
            CpuBuffer h = work.hidden[layer];
            int texts = work.sequences;
            long at = work.shownBlock() + (long) from * texts;
            h.clear(at, (long) (to - from) * texts);
            long factor = rows.read(worker, work.unprojected[layer].address(work.cellOutputAt(0)));
            rows.add(worker, 0, from, to - from, factor, h.address(at), texts, 1);
        }
    }
}
