package lstmgpu.backend.cuda.cudnn;

import java.util.function.UnaryOperator;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;

/**
 * The weights of a layer as cuDNN takes them, and its gradients on their way back. Both are the stretch of the
 * parameter buffer itself where the orders agree and the type is FLOAT32; otherwise they are gathered and added stretch
 * by stretch. In BFLOAT16 they always are, since a tensor's place in the parameter buffer, a multiple of 64 elements,
 * is then no multiple of {@link CudnnLayer#ALIGNMENT} bytes.
 */
final class CudnnWeights implements AutoCloseable {
    private final CudaDevice device;
    private final CudnnWeightOrder order;
    private final ElementType storage;
    private final UnaryOperator<KernelBuffer> mirror;
    private final KernelBuffer gathered;
    private final KernelBuffer summed;

    /**
     * @param mirror gives the BFLOAT16 stretch that mirrors one of weights
     */
    CudnnWeights(CudaDevice device, CudnnWeightOrder order, CudnnLayerSpec spec, UnaryOperator<KernelBuffer> mirror) {
        this.device = device;
        this.order = order;
        this.storage = spec.storage();
        this.mirror = mirror;
        int copies = copies(order, spec);
        this.gathered = copies > 0 ? device.alloc(storage, order.length()) : null;
        this.summed = copies > 1 ? device.alloc(storage, order.length()) : null;
    }

    /** How many buffers of the layer's weights and gradients there are beside the parameters themselves. */
    static int copies(CudnnWeightOrder order, CudnnLayerSpec spec) {
        boolean shared = order.isInPlace() && spec.storage() == ElementType.FLOAT32;
        return shared ? 0 : spec.training() ? 2 : 1;
    }

    /** Bytes of cuDNN's weights. */
    long bytes() {
        return order.length() * storage.bytes();
    }

    /** The weights in cuDNN's order, up to date with {@code parameters}. */
    CudaBuffer from(KernelBuffer parameters) {
        if (gathered == null) {
            return latest(parameters);
        }
        KernelBuffer source = stored(parameters);
        for (CudnnWeightOrder.Stretch stretch : order.stretches()) {
            device.copy(ours(source, stretch), gathered.slice(stretch.theirs(), stretch.length()));
        }
        return device.own(gathered);
    }

    /** The weights that the last forward had. */
    CudaBuffer latest(KernelBuffer parameters) {
        return device.own(gathered == null ? ours(parameters, order.stretches().getFirst()) : gathered);
    }

    private KernelBuffer stored(KernelBuffer parameters) {
        return storage == ElementType.BFLOAT16 ? mirror.apply(parameters) : parameters;
    }

    /** What cuDNN adds to, before {@link #add}. */
    CudaBuffer target(KernelBuffer gradients) {
        if (summed == null) {
            return device.own(ours(gradients, order.stretches().getFirst()));
        }
        device.zero(summed);
        return device.own(summed);
    }

    /** Brings what cuDNN added to {@code gradients}. */
    void add(KernelBuffer gradients) {
        if (summed == null) {
            return;
        }
        for (CudnnWeightOrder.Stretch stretch : order.stretches()) {
            device.call(Kernel.ACCUMULATE, storage)
                    .buffer(summed.slice(stretch.theirs(), stretch.length()))
                    .buffer(ours(gradients, stretch))
                    .longInteger(stretch.length())
                    .launch(Kernel.ACCUMULATE.blocksFor(stretch.length()));
        }
    }

    private static KernelBuffer ours(KernelBuffer buffer, CudnnWeightOrder.Stretch stretch) {
        return buffer.slice(stretch.ours(), stretch.length());
    }

    @Override
    public void close() {
        if (gathered != null) {
            gathered.close();
        }
        if (summed != null) {
            summed.close();
        }
    }
}
