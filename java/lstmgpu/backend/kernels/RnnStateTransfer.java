package lstmgpu.backend.kernels;

import lstmgpu.backend.RnnState;

/** A fused plan's initial states, to the host and back. */
final class RnnStateTransfer {
    private RnnStateTransfer() {}

    static RnnState read(KernelDevice device, RnnMemory memory) {
        int block = Math.toIntExact(memory.block);
        boolean cell = memory.shape.cell().hasCellState();
        float[] hidden = new float[Math.multiplyExact(block, memory.layers.length)];
        float[] cells = new float[cell ? hidden.length : 0];
        float[] one = new float[block];
        for (int layer = 0; layer < memory.layers.length; layer++) {
            device.download(memory.layers[layer].hiddenAt[0], one);
            System.arraycopy(one, 0, hidden, layer * block, block);
            if (cell) {
                device.download(memory.layers[layer].cellAt[0], one);
                System.arraycopy(one, 0, cells, layer * block, block);
            }
        }
        return new RnnState(hidden, cells);
    }

    static void write(RnnState state, KernelDevice device, RnnMemory memory) {
        int block = Math.toIntExact(memory.block);
        int layers = memory.layers.length;
        boolean cell = memory.shape.cell().hasCellState();
        require(state.hidden(), Math.multiplyExact(block, layers), "hidden");
        require(state.cell(), cell ? Math.multiplyExact(block, layers) : 0, "cell");
        float[] one = new float[block];
        for (int layer = 0; layer < layers; layer++) {
            RnnMemory.Layer own = memory.layers[layer];
            System.arraycopy(state.hidden(), layer * block, one, 0, block);
            device.upload(one, own.hiddenAt[0]);
            if (memory.rounds()) {
                Rounding.round(device, own.hiddenAt[0], own.factorAt[0], block);
            }
            if (cell) {
                System.arraycopy(state.cell(), layer * block, one, 0, block);
                device.upload(one, own.cellAt[0]);
            }
        }
    }

    private static void require(float[] states, int length, String what) {
        if (states.length != length) {
            throw new IllegalArgumentException(
                    "the " + what + " state has " + states.length + " elements, not " + length);
        }
    }
}
