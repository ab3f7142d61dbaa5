package lstmgpu.backend.cuda.cudnn;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;

/**
 * What a {@link CudnnRnnPlan} allocates, from what cuDNN says of its layers; whichever of the algorithms is the
 * fastest.
 */
final class CudnnMemory {
    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final CudnnAlgorithms algorithms;
    private final RnnSpec spec;
    private final boolean narrow;
    private final int stored;
    private long total;
    private long mostWork;

    CudnnMemory(CudaDevice device, CudnnHandle cudnn, CudnnAlgorithms algorithms, RnnSpec spec) {
        this.device = device;
        this.cudnn = cudnn;
        this.algorithms = algorithms;
        this.spec = spec;
        ElementType storage = CudnnLayerSpec.of(spec, 0).storage();
        this.narrow = storage == ElementType.BFLOAT16;
        this.stored = storage.bytes();
    }

    /** @throws CudnnRefusal if cuDNN accepts no algorithm for a layer */
    long bytes() {
        total = 0;
        int hidden = spec.shape().hiddenSize();
        int layers = spec.shape().layers();
        long states = layers
                * CudnnStates.stride(
                        (long) spec.batch() * hidden, CudnnLayerSpec.of(spec, 0).storage());
        add(spec.shape().cell().hasCellState() ? 4 : 2, states * stored);
        add(narrow ? 1 : 0, states * Float.BYTES);
        for (int layer = 0; layer < layers; layer++) {
            addLayer(layer);
        }
        boolean drops = spec.drops();
        add(layers + (drops ? layers - 1 : 0), activations(hidden, stored));
        add(1, mostWork);
        int inputs = spec.shape().inputSize();
        add(narrow ? 1 : 0, activations(inputs, stored));
        add(narrow ? 1 : 0, activations(hidden, Float.BYTES));
        add(spec.training() ? 2 : 0, activations(Math.max(inputs, hidden), stored));
        return total;
    }

    private long activations(int width, int elementBytes) {
        return Math.multiplyExact((long) spec.tokens(), (long) width * elementBytes);
    }

    private void add(int count, long bytes) {
        total = Math.addExact(total, count * device.blockBytes(bytes));
    }

    private void addLayer(int number) {
        CudnnLayerSpec layer = CudnnLayerSpec.of(spec, number);
        CudnnRefusal last = new CudnnRefusal("none of its algorithms is left");
        long most = -1;
        for (CudnnAlgorithm algorithm : algorithms.candidates(layer)) {
            try (CudnnDescriptors descriptors = new CudnnDescriptors(cudnn, layer, algorithm)) {
                long[] workAndReserve = descriptors.workAndReserveBytes();
                mostWork = Math.max(mostWork, workAndReserve[0]);
                long reserve = spec.training() ? device.blockBytes(workAndReserve[1]) : 0;
                most = Math.max(most, reserve + weights(descriptors, number));
            } catch (CudnnFailure failure) {
                last = failure.refusal();
            }
        }
        if (most < 0) {
            throw last;
        }
        total = Math.addExact(total, most);
    }

    /** Copies of a layer's weights and gradients in cuDNN's order, where that is another. */
    private long weights(CudnnDescriptors descriptors, int number) {
        long bytes = descriptors.weightBytes();
        ElementType storage = narrow ? ElementType.BFLOAT16 : ElementType.FLOAT32;
        try (CudaBuffer space = device.own(device.alloc(storage, bytes / stored))) {
            ParameterLayout layout = ParameterLayout.ofRnn(spec.shape());
            CudnnWeightOrder order = CudnnWeightOrder.of(cudnn, descriptors, spec.shape(), number, layout, space);
            return CudnnWeights.copies(order, CudnnLayerSpec.of(spec, number)) * device.blockBytes(bytes);
        }
    }
}
