package lstmgpu.backend.cpu;

import lstmgpu.backend.RnnState;

/** The states that a plan begins with, on their way to and from the host: there a row a sequence, here a column. */
final class InitialStates {
    private final RnnWorkspace work;

    InitialStates(RnnWorkspace work) {
        this.work = work;
    }

    RnnState read() {
        return new RnnState(read(work.hidden, work.shown), read(work.cell, work.units));
    }

    private float[] read(CpuBuffer[] states, int units) {
        if (states[0] == null) {
            return new float[0];
        }
        int block = Math.multiplyExact(units, work.sequences);
        float[] all = new float[Math.multiplyExact(block, states.length)];
        float[] byUnit = new float[block];
        float[] bySequence = new float[block];
        for (int layer = 0; layer < states.length; layer++) {
            states[layer].read(0, byUnit, 0, block);
            VectorMath.transpose(byUnit, bySequence, units, work.sequences);
            System.arraycopy(bySequence, 0, all, layer * block, block);
        }
        return all;
    }

    void write(RnnState state) {
        write(state.hidden(), work.hidden, work.shown, "hidden");
        if (work.shape.cell().hasCellState()) {
            write(state.cell(), work.cell, work.units, "cell");
        }
    }

    private void write(float[] all, CpuBuffer[] states, int units, String what) {
        int block = Math.multiplyExact(units, work.sequences);
        if (all.length != Math.multiplyExact(block, states.length)) {
            throw new IllegalArgumentException(
                    "the " + what + " state has " + all.length + " elements, not " + states.length + " x " + block);
        }
        float[] bySequence = new float[block];
        float[] byUnit = new float[block];
        for (int layer = 0; layer < states.length; layer++) {
            System.arraycopy(all, layer * block, bySequence, 0, block);
            VectorMath.transpose(bySequence, byUnit, work.sequences, units);
            states[layer].write(byUnit, 0, 0, block);
        }
    }

    RnnState read(int sequence) {
        return new RnnState(read(work.hidden, work.shown, sequence), read(work.cell, work.units, sequence));
    }

    private float[] read(CpuBuffer[] states, int units, int sequence) {
        if (states[0] == null) {
            return new float[0];
        }
        float[] all = new float[Math.multiplyExact(units, states.length)];
        for (int i = 0; i < all.length; i++) {
            all[i] = states[i / units].getFloat((long) (i % units) * work.sequences + sequence);
        }
        return all;
    }

    void write(int sequence, RnnState state) {
        write(state.hidden(), work.hidden, work.shown, sequence);
        write(state.cell(), work.cell, work.units, sequence);
    }

    private void write(float[] all, CpuBuffer[] states, int units, int sequence) {
        for (int i = 0; i < all.length; i++) {
            states[i / units].setFloat((long) (i % units) * work.sequences + sequence, all[i]);
        }
    }
}
