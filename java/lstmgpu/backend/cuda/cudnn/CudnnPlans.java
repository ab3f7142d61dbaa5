package lstmgpu.backend.cuda.cudnn;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.KernelBuffer;

/** Makes the plans that cuDNN computes. */
public final class CudnnPlans implements AutoCloseable {
    private final CudaDevice device;
    private final CudnnHandle cudnn;
    private final CudnnAlgorithms algorithms;
    private final CudnnParts parts;

    /**
     * @param cache where it is kept which algorithms were found fastest
     * @param mirror gives the BFLOAT16 stretch that mirrors one of weights, always up to date
     * @param notice hears which algorithm is not used though cuDNN has it
     * @throws CudnnFailure if cuDNN does not start
     */
    public CudnnPlans(CudaDevice device, Path cache, UnaryOperator<KernelBuffer> mirror, Consumer<String> notice) {
        this.device = device;
        this.cudnn = new CudnnHandle(device.context(), device.queues());
        this.algorithms = new CudnnAlgorithms(device, cudnn, cache.resolve("algorithms"), notice);
        this.parts = new CudnnParts(device, cudnn, algorithms::fastest, mirror);
    }

    /** @throws CudnnRefusal if cuDNN does not compute such a stack */
    public void require(RnnSpec spec) {
        for (int layer = 0; layer < Math.min(2, spec.shape().layers()); layer++) {
            algorithms.fastest(CudnnLayerSpec.of(spec, layer));
        }
    }

    /** @throws CudnnRefusal if cuDNN does not compute such a stack */
    public RnnPlan newPlan(RnnSpec spec, StepClock clock) {
        require(spec);
        return new CudnnRnnPlan(device, cudnn, spec, clock, parts);
    }

    /**
     * What the largest plan takes that cuDNN may be found fastest with.
     *
     * @throws CudnnRefusal if cuDNN does not compute such a stack
     */
    public long planBytes(RnnSpec spec) {
        return new CudnnMemory(device, cudnn, algorithms, spec).bytes();
    }

    @Override
    public void close() {
        cudnn.close();
    }
}
