package lstmgpu.backend.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.kernels.Kernel;

/** The initial and the final states of a plan's layers, [L,B,H] each, in the type that cuDNN computes in. */
final class CudnnStates implements AutoCloseable {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final CudaDevice device;
    private final CudaBuffer hidden;
    private final CudaBuffer cell;
    private final CudaBuffer lastHidden;
    private final CudaBuffer lastCell;
    private final CudaBuffer wide;
    private final List<CudnnLayer.States> ofLayers = new ArrayList<>();

    CudnnStates(CudaDevice device, RnnShape shape, int batch, ElementType storage) {
        this.device = device;
        long perLayer = Math.multiplyExact((long) batch, (long) shape.hiddenSize());
        long length = Math.multiplyExact(perLayer, (long) shape.layers());
        boolean hasCell = shape.cell().hasCellState();
        try {
            this.hidden = keep(storage, length);
            this.lastHidden = keep(storage, length);
            this.cell = hasCell ? keep(storage, length) : null;
            this.lastCell = hasCell ? keep(storage, length) : null;
            this.wide = storage == ElementType.FLOAT32 ? null : keep(ElementType.FLOAT32, length);
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            long from = layer * perLayer;
            ofLayers.add(new CudnnLayer.States(
                    hidden.slice(from, perLayer),
                    hasCell ? cell.slice(from, perLayer) : null,
                    lastHidden.slice(from, perLayer),
                    hasCell ? lastCell.slice(from, perLayer) : null));
        }
    }

    private CudaBuffer keep(ElementType type, long length) {
        CudaBuffer buffer = device.own(device.alloc(type, length));
        releases.push(buffer::close);
        return buffer;
    }

    CudnnLayer.States of(int layer) {
        return ofLayers.get(layer);
    }

    void carry() {
        device.copy(lastHidden, hidden);
        if (cell != null) {
            device.copy(lastCell, cell);
        }
    }

    void reset() {
        device.zero(hidden);
        if (cell != null) {
            device.zero(cell);
        }
    }

    RnnState read() {
        return new RnnState(download(hidden), cell == null ? new float[0] : download(cell));
    }

    private float[] download(CudaBuffer state) {
        float[] values = new float[Math.toIntExact(state.length())];
        if (wide == null) {
            device.download(state, values);
        } else {
            convert(Kernel.WIDEN, state, wide);
            device.download(wide, values);
        }
        return values;
    }

    /** @throws IllegalArgumentException if the state has another shape */
    void write(RnnState state) {
        long cells = cell == null ? 0 : cell.length();
        if (state.hidden().length != hidden.length() || state.cell().length != cells) {
            throw new IllegalArgumentException("the state has %d and %d values, not %d and %d"
                    .formatted(state.hidden().length, state.cell().length, hidden.length(), cells));
        }
        upload(state.hidden(), hidden);
        if (cell != null) {
            upload(state.cell(), cell);
        }
    }

    private void upload(float[] values, CudaBuffer state) {
        if (wide == null) {
            device.upload(values, state);
        } else {
            device.upload(values, wide);
            convert(Kernel.NARROW, wide, state);
        }
    }

    private void convert(Kernel kernel, CudaBuffer from, CudaBuffer to) {
        device.call(kernel, ElementType.BFLOAT16)
                .buffer(from)
                .buffer(to)
                .longInteger(from.length())
                .launch(kernel.blocksFor(from.length()));
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
