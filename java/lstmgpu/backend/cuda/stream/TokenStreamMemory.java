package lstmgpu.backend.cuda.stream;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.TokenLoop;
import lstmgpu.backend.kernels.KernelArguments;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.LayerBuffers;

/** What a loop over the tokens of one text reads, and what it holds besides. */
final class TokenStreamMemory implements AutoCloseable {
    /** Addresses of a layer in the kernel's struct Layer. */
    static final int ADDRESSES = 7;

    private static final int WORDS = Long.BYTES / Integer.BYTES;

    final List<LayerBuffers> layers;
    final KernelBuffer outputWeights;

    /** The layers' addresses, each of two INT32. */
    final KernelBuffer addresses;

    /** Words of 64 bits, each of two INT32. */
    final KernelBuffer exchange;

    /** INT32 [limit]. */
    final KernelBuffer drawn;

    /** FLOAT32 [limit,V]; null where nobody asks for losses. */
    final KernelBuffer logits;

    private final KernelBackend backend;
    private final List<KernelBuffer> owned = new ArrayList<>();

    /** @param backend whose device may be one that only counts */
    TokenStreamMemory(
            KernelBackend backend,
            TokenStreamShape shape,
            KernelRnn rnn,
            TokenLoop.Network network,
            boolean losses,
            int limit) {
        this.backend = backend;
        this.layers = rnn.layers(network.rnnParameters());
        long elements = (long) network.vocabulary() * shape.rnn().hiddenSize();
        KernelBuffer weights = KernelArguments.floats(network.outputWeight(), elements, "output weights");
        this.outputWeights = shape.factorBytes() == Float.BYTES
                ? weights
                : backend.weightCopies().of(weights);
        try {
            addresses = alloc(ElementType.INT32, (long) layers.size() * ADDRESSES * WORDS);
            exchange = alloc(ElementType.INT32, shape.exchanged() * WORDS);
            drawn = alloc(ElementType.INT32, limit);
            logits = losses ? alloc(ElementType.FLOAT32, (long) limit * network.vocabulary()) : null;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private KernelBuffer alloc(ElementType type, long length) {
        KernelBuffer buffer = backend.kernelDevice().alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
    }
}
