package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;

/** The initial states of a plan, and the copies of h among the factors. */
final class RnnStates {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final int sequences;
    private final BatchShare share;
    private final List<KernelBuffer> initial = new ArrayList<>();
    private final List<KernelBuffer> reached = new ArrayList<>();

    RnnStates(KernelDevice device, RnnMemory memory, int sequences, BatchShare share) {
        this.device = device;
        this.memory = memory;
        this.sequences = sequences;
        this.share = share;
        for (int layer = 0; layer < memory.hidden.length; layer++) {
            add(memory.hidden[layer]);
            if (!memory.isFloat()) {
                add(memory.hiddenFactors[layer]);
            }
            if (memory.cell[layer] != null) {
                add(memory.cell[layer]);
            }
        }
    }

    private void add(KernelBuffer[] states) {
        initial.add(states[0]);
        reached.add(states[states.length - 1]);
    }

    void carry() {
        for (int i = 0; i < initial.size(); i++) {
            device.copy(reached.get(i), initial.get(i));
        }
    }

    void reset() {
        for (int i = 0; i < initial.size(); i++) {
            device.zero(initial.get(i));
        }
    }

    void resetSequences(float probability, long seed, StepClock clock) {
        for (int i = 0; i < initial.size(); i++) {
            ResetSequences.launch(
                    device, initial.get(i), sequences, width(initial.get(i)), share, probability, seed, clock);
        }
    }

    void store(DeviceBuffer hidden, DeviceBuffer cell) {
        for (int layer = 0; layer < memory.hidden.length; layer++) {
            device.copy(memory.hidden[layer][0], ofLayer(hidden, layer, memory.shownBlock(), "hidden"));
            if (memory.cell[layer] != null) {
                device.copy(memory.cell[layer][0], ofLayer(cell, layer, memory.unitBlock(), "cell"));
            }
        }
    }

    void take(DeviceBuffer hidden, DeviceBuffer cell) {
        for (int layer = 0; layer < memory.hidden.length; layer++) {
            device.copy(ofLayer(hidden, layer, memory.shownBlock(), "hidden"), memory.hidden[layer][0]);
            if (memory.cell[layer] != null) {
                device.copy(ofLayer(cell, layer, memory.unitBlock(), "cell"), memory.cell[layer][0]);
            }
        }
        roundHidden();
    }

    private KernelBuffer ofLayer(DeviceBuffer states, int layer, long block, String what) {
        long all = Math.multiplyExact(block, (long) memory.hidden.length);
        return KernelArguments.floats(states, all, what).slice(layer * block, block);
    }

    /** Numbers of a sequence in a state [B,·]. */
    private int width(KernelBuffer state) {
        return Math.toIntExact(state.length() / sequences);
    }

    private void roundHidden() {
        for (int layer = 0; layer < memory.hidden.length && !memory.isFloat(); layer++) {
            Rounding.round(device, memory.hidden[layer][0], memory.hiddenFactors[layer][0], memory.shownBlock());
        }
    }

    RnnState read() {
        return new RnnState(read(memory.hidden), read(memory.cell));
    }

    private float[] read(KernelBuffer[][] states) {
        if (states[0] == null) {
            return new float[0];
        }
        int block = Math.toIntExact(states[0][0].length());
        float[] all = new float[Math.multiplyExact(block, states.length)];
        float[] one = new float[block];
        for (int layer = 0; layer < states.length; layer++) {
            device.download(states[layer][0], one);
            System.arraycopy(one, 0, all, layer * block, block);
        }
        return all;
    }

    RnnState read(int sequence) {
        return new RnnState(read(memory.hidden, sequence), read(memory.cell, sequence));
    }

    private float[] read(KernelBuffer[][] states, int sequence) {
        if (states[0] == null) {
            return new float[0];
        }
        int units = width(states[0][0]);
        float[] all = new float[Math.multiplyExact(units, states.length)];
        float[] one = new float[units];
        for (int layer = 0; layer < states.length; layer++) {
            device.download(states[layer][0].slice((long) sequence * units, units), one);
            System.arraycopy(one, 0, all, layer * units, units);
        }
        return all;
    }

    void write(int sequence, RnnState state) {
        write(state.hidden(), memory.hidden, sequence);
        if (memory.cell[0] != null) {
            write(state.cell(), memory.cell, sequence);
        }
        int units = width(memory.hidden[0][0]);
        long from = (long) sequence * units;
        for (int layer = 0; layer < memory.hidden.length && !memory.isFloat(); layer++) {
            KernelBuffer factors = memory.hiddenFactors[layer][0].slice(from, units);
            Rounding.round(device, memory.hidden[layer][0].slice(from, units), factors, units);
        }
    }

    private void write(float[] all, KernelBuffer[][] states, int sequence) {
        int units = width(states[0][0]);
        float[] one = new float[units];
        for (int layer = 0; layer < states.length; layer++) {
            System.arraycopy(all, layer * units, one, 0, units);
            device.upload(one, states[layer][0].slice((long) sequence * units, units));
        }
    }

    void write(RnnState state) {
        write(state.hidden(), memory.hidden, "hidden");
        if (memory.cell[0] != null) {
            write(state.cell(), memory.cell, "cell");
        }
        roundHidden();
    }

    private void write(float[] all, KernelBuffer[][] states, String what) {
        int block = Math.toIntExact(states[0][0].length());
        if (all.length != Math.multiplyExact(block, states.length)) {
            throw new IllegalArgumentException(
                    "the " + what + " state has " + all.length + " elements, not " + states.length + " x " + block);
        }
        float[] one = new float[block];
        for (int layer = 0; layer < states.length; layer++) {
            System.arraycopy(all, layer * block, one, 0, block);
            device.upload(one, states[layer][0]);
        }
    }
}
