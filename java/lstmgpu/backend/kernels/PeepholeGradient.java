package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code kernels/peephole_gradient.cu}: dp += Σ over steps and sequences of (gate's gradient)·(c it sees). */
final class PeepholeGradient implements AutoCloseable {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final Scratch scratch;

    /** Per layer c that the steps began with, and c that the cells made of it, FLOAT32 [T,B,H]. */
    private final KernelBuffer[] before;

    private final KernelBuffer[] after;

    PeepholeGradient(KernelDevice device, RnnMemory memory) {
        this.device = device;
        this.memory = memory;
        this.scratch = new Scratch(device);
        int layers = memory.cell.length;
        this.before = new KernelBuffer[layers];
        this.after = new KernelBuffer[layers];
        long steps = memory.spec.steps() * memory.unitBlock();
        for (int layer = 0; layer < layers; layer++) {
            before[layer] = memory.cell[layer][0].root().slice(0, steps);
            after[layer] = memory.madeCell[layer][0].root().slice(memory.unitBlock(), steps);
        }
    }

    /** @param sums [3·H] */
    void add(int layer, KernelBuffer sums) {
        int rows = memory.spec.tokens();
        int units = memory.spec.shape().hiddenSize();
        int columns = Math.toIntExact(sums.length());
        int rowsEach = ColumnSum.rowsEach(rows, columns);
        int chunks = (rows + rowsEach - 1) / rowsEach;
        KernelBuffer partials = scratch.atLeast(ElementType.FLOAT32, (long) chunks * columns);
        device.call(Kernel.PEEPHOLE_PARTIALS, memory.storage)
                .buffer(memory.allGates[layer])
                .buffer(before[layer])
                .buffer(after[layer])
                .buffer(partials)
                .longInteger(rows)
                .integer(units)
                .longInteger(rowsEach)
                .launch(ColumnSum.strips(columns), chunks);
        ColumnSum.addUp(device, partials, sums, null, chunks, columns);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
