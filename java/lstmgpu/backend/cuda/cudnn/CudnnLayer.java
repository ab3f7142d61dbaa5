package lstmgpu.backend.cuda.cudnn;

import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnWgradMode;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;

/**
 * A layer's calls of cuDNN under one algorithm, with what cuDNN keeps between them. Calls return cuDNN's status; they
 * take weights and gradients in cuDNN's order and everything else as [T,B,·] in the layer's storage type.
 */
final class CudnnLayer implements AutoCloseable {
    /**
     * Bytes; whatever is handed to cuDNN begins at a multiple, as what a driver allocates does, so that no kernel of
     * cuDNN's is out of reach.
     */
    static final int ALIGNMENT = 256;

    private static final Pointer NONE = new Pointer();

    /** h and c before the first step and behind the last, [B,H] each; c is null but for LSTM. */
    record States(CudaBuffer hidden, CudaBuffer cell, CudaBuffer lastHidden, CudaBuffer lastCell) {}

    private final CudnnHandle cudnn;
    private final CudnnLayerSpec spec;
    private final CudnnDescriptors descriptors;
    private final long workBytes;
    private final long reserveBytes;
    private final CudaBuffer reserve;

    /** @throws CudnnFailure if cuDNN does not have the algorithm for such a layer */
    CudnnLayer(CudaDevice device, CudnnHandle cudnn, CudnnLayerSpec spec, CudnnAlgorithm algorithm) {
        this.cudnn = cudnn;
        this.spec = spec;
        this.descriptors = new CudnnDescriptors(cudnn, spec, algorithm);
        try {
            long[] bytes = descriptors.workAndReserveBytes();
            this.workBytes = bytes[0];
            this.reserveBytes = bytes[1];
            this.reserve = spec.training() ? allocate(device, reserveBytes) : null;
        } catch (RuntimeException failure) {
            descriptors.close();
            throw failure;
        }
    }

    /** Device memory of so many bytes or a few more. */
    static CudaBuffer allocate(CudaDevice device, long bytes) {
        return device.own(device.alloc(ElementType.INT32, Math.max(1, Math.ceilDiv(bytes, (long) Integer.BYTES))));
    }

    CudnnLayerSpec spec() {
        return spec;
    }

    CudnnDescriptors descriptors() {
        return descriptors;
    }

    /** Bytes that every call needs for itself; layers of one queue can share them. */
    long workBytes() {
        return workBytes;
    }

    int forward(CudaBuffer weights, long weightBytes, CudaBuffer x, States states, CudaBuffer y, CudaBuffer work) {
        return JCudnn.cudnnRNNForward(
                cudnn.handle(),
                descriptors.rnn(),
                spec.forwardMode(),
                NONE,
                descriptors.x(),
                x.pointer(),
                descriptors.y(),
                y.pointer(),
                descriptors.state(),
                states.hidden().pointer(),
                states.lastHidden().pointer(),
                descriptors.state(),
                pointer(states.cell()),
                pointer(states.lastCell()),
                weightBytes,
                weights.pointer(),
                workBytes,
                work.pointer(),
                reserve == null ? 0 : reserveBytes,
                pointer(reserve));
    }

    /** Writes dx; nothing flows in from behind the last step or out before the first. */
    int backwardData(
            CudaBuffer weights,
            long weightBytes,
            States states,
            CudaBuffer y,
            CudaBuffer dy,
            CudaBuffer dx,
            CudaBuffer work) {
        return JCudnn.cudnnRNNBackwardData_v8(
                cudnn.handle(),
                descriptors.rnn(),
                NONE,
                descriptors.y(),
                y.pointer(),
                dy.pointer(),
                descriptors.x(),
                dx.pointer(),
                descriptors.state(),
                states.hidden().pointer(),
                NONE,
                NONE,
                descriptors.state(),
                pointer(states.cell()),
                NONE,
                NONE,
                weightBytes,
                weights.pointer(),
                workBytes,
                work.pointer(),
                reserveBytes,
                reserve.pointer());
    }

    /** Adds to the gradients; comes after {@link #backwardData}. */
    int backwardWeights(
            CudaBuffer gradients, long weightBytes, CudaBuffer x, States states, CudaBuffer y, CudaBuffer work) {
        return JCudnn.cudnnRNNBackwardWeights_v8(
                cudnn.handle(),
                descriptors.rnn(),
                cudnnWgradMode.CUDNN_WGRAD_MODE_ADD,
                NONE,
                descriptors.x(),
                x.pointer(),
                descriptors.state(),
                states.hidden().pointer(),
                descriptors.y(),
                y.pointer(),
                weightBytes,
                gradients.pointer(),
                workBytes,
                work.pointer(),
                reserveBytes,
                reserve.pointer());
    }

    private static Pointer pointer(CudaBuffer buffer) {
        return buffer == null ? NONE : buffer.pointer();
    }

    @Override
    public void close() {
        descriptors.close();
        if (reserve != null) {
            reserve.close();
        }
    }
}
