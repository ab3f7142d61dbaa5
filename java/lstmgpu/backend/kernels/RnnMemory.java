package lstmgpu.backend.kernels;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/**
 * What a fused plan keeps, row-major with a row a lane, and its stretches step by step. `real` is FLOAT32 or, with bfloat16 products,
 * BFLOAT16; where it is FLOAT32 a buffer and its form as a factor of products are the same.
 */
final class RnnMemory implements AutoCloseable {
    final RnnSpec spec;
    final RnnShape shape;

    /** What {@code real} is. */
    final ElementType storage;

    /** G·H. */
    final int gateRows;

    /** Elements of [B,H]. */
    final long block;

    final Layer[] layers;

    /** Input products [T,B,G·H] step by step; null where they lie in the layer's gates or come from a table. */
    final KernelBuffer[] projected;

    final KernelBuffer projectedWhole;

    /** x as a factor [T,B,I]; null where x is one itself or there is a table. */
    final KernelBuffer features;

    /** The recurrent product of a step, [B,G·H]. */
    final KernelBuffer recurrent;

    /** h after dropout before it is rounded, [T,B,H]; null where {@link Layer#dropped} takes it itself. */
    final KernelBuffer unrounded;

    /** Gradient of the h of the layer below the current one, [T,B,H]. */
    final KernelBuffer below;

    final KernelBuffer[] belowAt;

    /** The product of the next step's gate gradients with W_hh, [B,H]. */
    final KernelBuffer dRecurrent;

    /** LSTM's dc and GRU's z·dh on their way to the step before, [B,H]. */
    final KernelBuffer carried;

    private final KernelDevice device;
    private final List<KernelBuffer> owned = new ArrayList<>();

    /** A layer's own memory; every array has an element a step, states one more. */
    final class Layer {
        /** h [T+1,B,H]. */
        final KernelBuffer hidden = alloc(ElementType.FLOAT32, (spec.steps() + 1) * block);

        /** h as a factor, [T+1,B,H]. */
        final KernelBuffer factor = rounds() ? alloc(storage, hidden.length()) : hidden;

        /** What the layer above reads with dropout, real [T,B,H]. */
        final KernelBuffer dropped;

        /** Real [T,B,G·H]: activated gates, then their gradients; null when not training. */
        final KernelBuffer gates;

        /** GRU: the gradients of W_hh·h + b_hh, real [T,B,3H]; otherwise {@link #gates}. */
        final KernelBuffer hiddenGates;

        final KernelBuffer[] hiddenAt;
        final KernelBuffer[] factorAt;
        final KernelBuffer[] cellAt;
        final KernelBuffer[] gatesAt;
        final KernelBuffer[] hiddenGatesAt;

        /** GRU's W_hn·h + b_hn. */
        final KernelBuffer[] newAt;

        Layer(boolean top) {
            int steps = spec.steps();
            boolean training = spec.training();
            boolean gru = shape.cell() == Cell.GRU;
            long gateBlock = (long) spec.batch() * gateRows;
            dropped = training && spec.dropout() > 0 && !top ? alloc(storage, steps * block) : null;
            gates = training ? alloc(storage, steps * gateBlock) : null;
            hiddenGates = training && gru ? alloc(storage, steps * gateBlock) : gates;
            hiddenAt = cut(hidden, steps + 1, block);
            factorAt = rounds() ? cut(factor, steps + 1, block) : hiddenAt;
            boolean cell = shape.cell().hasCellState();
            cellAt = cut(cell ? alloc(ElementType.FLOAT32, (steps + 1) * block) : null, steps + 1, block);
            gatesAt = cut(gates, steps, gateBlock);
            hiddenGatesAt = gru ? cut(hiddenGates, steps, gateBlock) : gatesAt;
            newAt = cut(training && gru ? alloc(storage, steps * block) : null, steps, block);
        }

        /** All of h but the initial state, [T,B,H]. */
        KernelBuffer outputs(KernelBuffer states) {
            return states.slice(block, spec.steps() * block);
        }
    }

    RnnMemory(RnnSpec spec, KernelDevice device) {
        this.spec = spec;
        this.device = device;
        shape = spec.shape();
        storage = KernelArguments.storage(spec.precision());
        gateRows = shape.gateRows();
        block = (long) spec.batch() * shape.hiddenSize();
        int steps = spec.steps();
        int count = shape.layers();
        long gateBlock = (long) spec.batch() * gateRows;
        boolean training = spec.training();
        layers = new Layer[count];
        try {
            for (int layer = 0; layer < count; layer++) {
                layers[layer] = new Layer(layer == count - 1);
            }
            boolean table = spec.tableSize() > 0;
            boolean apart = (rounds() || !training) && !(table && count == 1);
            projectedWhole = apart ? alloc(ElementType.FLOAT32, steps * gateBlock) : null;
            projected = cut(projectedWhole, steps, gateBlock);
            features = rounds() && !table ? alloc(storage, (long) spec.tokens() * shape.inputSize()) : null;
            recurrent = alloc(ElementType.FLOAT32, gateBlock);
            unrounded = rounds() && layers[0].dropped != null ? alloc(ElementType.FLOAT32, steps * block) : null;
            below = training && count > 1 ? alloc(ElementType.FLOAT32, steps * block) : null;
            belowAt = cut(below, steps, block);
            dRecurrent = training ? alloc(ElementType.FLOAT32, block) : null;
            carried = training ? alloc(ElementType.FLOAT32, block) : null;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether factors of products are other numbers than what they are made of. */
    boolean rounds() {
        return storage == ElementType.BFLOAT16;
    }

    private KernelBuffer alloc(ElementType type, long length) {
        KernelBuffer buffer = device.alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    /** The stretches of a buffer, one a step; an array of nulls for none, so that a step need not ask. */
    static KernelBuffer[] cut(KernelBuffer whole, int count, long length) {
        KernelBuffer[] stretches = new KernelBuffer[count];
        if (whole != null) {
            for (int i = 0; i < count; i++) {
                stretches[i] = whole.slice(i * length, length);
            }
        }
        return stretches;
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
    }
}
