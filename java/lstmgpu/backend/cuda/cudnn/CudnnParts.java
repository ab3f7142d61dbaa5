package lstmgpu.backend.cuda.cudnn;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.KernelBuffer;

/**
 * Makes the parts of a {@link CudnnRnnPlan}.
 *
 * @param algorithm of a layer
 * @param mirror gives the BFLOAT16 stretch that mirrors one of weights, always up to date
 */
record CudnnParts(
        CudaDevice device,
        CudnnHandle cudnn,
        Function<CudnnLayerSpec, CudnnAlgorithm> algorithm,
        UnaryOperator<KernelBuffer> mirror) {
    CudnnLayer newLayer(RnnSpec spec, int number) {
        CudnnLayerSpec layer = CudnnLayerSpec.of(spec, number);
        return new CudnnLayer(device, cudnn, layer, algorithm.apply(layer));
    }

    CudnnWeights newWeights(CudnnLayer layer, RnnSpec spec, int number, ParameterLayout layout) {
        long length = layer.descriptors().weightBytes() / layer.spec().storage().bytes();
        try (CudaBuffer space = device.own(device.alloc(layer.spec().storage(), length))) {
            CudnnWeightOrder order =
                    CudnnWeightOrder.of(cudnn, layer.descriptors(), spec.shape(), number, layout, space);
            return new CudnnWeights(device, order, layer.spec(), mirror);
        }
    }
}
