package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelArguments;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.ResetSequences;

/**
 * The initial and the final states of a plan's layers, [L,B,H] each, in the type that cuDNN computes in. Every layer's
 * begin at a multiple of {@link CudnnLayer#ALIGNMENT} bytes; the gaps stay zero.
 */
final class CudnnStates implements AutoCloseable {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final CudaDevice device;
    private final int batch;
    private final BatchShare share;
    private final int width;
    private final CudaBuffer hidden;
    private final CudaBuffer cell;
    private final CudaBuffer lastHidden;
    private final CudaBuffer lastCell;
    private final CudaBuffer wide;
    private final int layers;
    private final int perLayer;
    private final int stride;
    private final List<CudnnLayer.States> ofLayers = new ArrayList<>();

    CudnnStates(CudaDevice device, RnnSpec spec, ElementType storage) {
        RnnShape shape = spec.shape();
        this.device = device;
        this.batch = spec.batch();
        this.share = spec.share();
        this.layers = shape.layers();
        this.perLayer = Math.multiplyExact(batch, shape.hiddenSize());
        this.stride = Math.toIntExact(stride(perLayer, storage));
        long length = Math.multiplyExact((long) stride, (long) layers);
        this.width = shape.hiddenSize();
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
        for (int layer = 0; layer < layers; layer++) {
            long from = (long) layer * stride;
            ofLayers.add(new CudnnLayer.States(
                    hidden.slice(from, perLayer),
                    hasCell ? cell.slice(from, perLayer) : null,
                    lastHidden.slice(from, perLayer),
                    hasCell ? lastCell.slice(from, perLayer) : null));
        }
    }

    /** Elements from one layer's states to the next one's. */
    static long stride(long perLayer, ElementType storage) {
        long unit = CudnnLayer.ALIGNMENT / storage.bytes();
        return Math.multiplyExact(Math.ceilDiv(perLayer, unit), unit);
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

    void resetSequences(float probability, long seed, StepClock clock) {
        for (CudnnLayer.States layer : ofLayers) {
            ResetSequences.launch(device, layer.hidden(), batch, width, share, probability, seed, clock);
            if (layer.cell() != null) {
                ResetSequences.launch(device, layer.cell(), batch, width, share, probability, seed, clock);
            }
        }
    }

    void store(DeviceBuffer intoHidden, DeviceBuffer intoCell) {
        for (int layer = 0; layer < layers; layer++) {
            move(ofLayers.get(layer).hidden(), ofLayer(intoHidden, layer, "hidden"));
            if (cell != null) {
                move(ofLayers.get(layer).cell(), ofLayer(intoCell, layer, "cell"));
            }
        }
    }

    void take(DeviceBuffer fromHidden, DeviceBuffer fromCell) {
        for (int layer = 0; layer < layers; layer++) {
            move(ofLayer(fromHidden, layer, "hidden"), ofLayers.get(layer).hidden());
            if (cell != null) {
                move(ofLayer(fromCell, layer, "cell"), ofLayers.get(layer).cell());
            }
        }
    }

    private KernelBuffer ofLayer(DeviceBuffer states, int layer, String what) {
        long all = Math.multiplyExact((long) perLayer, (long) layers);
        return KernelArguments.floats(states, all, what).slice((long) layer * perLayer, perLayer);
    }

    /** From the type of the one to that of the other. */
    private void move(KernelBuffer from, KernelBuffer to) {
        if (from.type() == to.type()) {
            device.copy(from, to);
        } else {
            convert(from.type() == ElementType.FLOAT32 ? Kernel.NARROW : Kernel.WIDEN, from, to);
        }
    }

    RnnState read() {
        return new RnnState(download(hidden), cell == null ? new float[0] : download(cell));
    }

    private float[] download(CudaBuffer state) {
        float[] padded = new float[Math.toIntExact(state.length())];
        if (wide == null) {
            device.download(state, padded);
        } else {
            convert(Kernel.WIDEN, state, wide);
            device.download(wide, padded);
        }
        float[] values = new float[layers * perLayer];
        for (int layer = 0; layer < layers; layer++) {
            System.arraycopy(padded, layer * stride, values, layer * perLayer, perLayer);
        }
        return values;
    }

    /** @throws IllegalArgumentException if the state has another shape */
    void write(RnnState state) {
        int values = layers * perLayer;
        int cells = cell == null ? 0 : values;
        if (state.hidden().length != values || state.cell().length != cells) {
            throw new IllegalArgumentException("the state has %d and %d values, not %d and %d"
                    .formatted(state.hidden().length, state.cell().length, values, cells));
        }
        upload(state.hidden(), hidden);
        if (cell != null) {
            upload(state.cell(), cell);
        }
    }

    private void upload(float[] values, CudaBuffer state) {
        float[] padded = new float[Math.toIntExact(state.length())];
        for (int layer = 0; layer < layers; layer++) {
            System.arraycopy(values, layer * perLayer, padded, layer * stride, perLayer);
        }
        if (wide == null) {
            device.upload(padded, state);
        } else {
            device.upload(padded, wide);
            convert(Kernel.NARROW, wide, state);
        }
    }

    private void convert(Kernel kernel, KernelBuffer from, KernelBuffer to) {
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
