package lstmgpu.backend.cuda;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.kernels.KernelBuffer;

/** Makes the plans that cuDNN computes. */
final class CudnnPlans implements AutoCloseable {
    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final CudnnAlgorithms algorithms;
    private final UnaryOperator<KernelBuffer> copies;

    /**
     * @param cache where it is kept which algorithms were found fastest
     * @param copies gives the BFLOAT16 stretch that mirrors one of weights, always up to date
     */
    CudnnPlans(CudaDevice device, Path cache, UnaryOperator<KernelBuffer> copies) {
        this.device = device;
        this.cudnn = new CudnnHandle(device.context(), device.queues());
        this.algorithms = new CudnnAlgorithms(device, cudnn, cache.resolve("algorithms"));
        this.copies = copies;
    }

    /** @throws CudnnRefusal if cuDNN does not compute such a stack */
    void require(RnnSpec spec) {
        for (int layer = 0; layer < Math.min(2, spec.shape().layers()); layer++) {
            algorithms.fastest(CudnnLayerSpec.of(spec, layer));
        }
    }

    /** @throws CudnnRefusal if cuDNN does not compute such a stack */
    RnnPlan newPlan(RnnSpec spec, StepClock clock) {
        require(spec);
        return new CudnnRnnPlan(device, cudnn, spec, clock, this);
    }

    /**
     * What the largest plan takes that cuDNN may be found fastest with.
     *
     * @throws CudnnRefusal if cuDNN does not compute such a stack
     */
    long planBytes(RnnSpec spec) {
        return new CudnnMemory(device, cudnn, spec).bytes();
    }

    CudnnLayer newLayer(RnnSpec spec, int number) {
        CudnnLayerSpec layer = CudnnLayerSpec.of(spec, number);
        return new CudnnLayer(device, cudnn, layer, algorithms.fastest(layer));
    }

    CudnnWeights newWeights(CudnnLayer layer, RnnSpec spec, int number, ParameterLayout layout) {
        long length = layer.descriptors().weightBytes() / layer.spec().storage().bytes();
        try (CudaBuffer space = device.own(device.alloc(layer.spec().storage(), length))) {
            CudnnWeightOrder order =
                    CudnnWeightOrder.of(cudnn, layer.descriptors(), spec.shape(), number, layout, space);
            return new CudnnWeights(device, order, layer.spec(), copies);
        }
    }

    @Override
    public void close() {
        cudnn.close();
    }
}
