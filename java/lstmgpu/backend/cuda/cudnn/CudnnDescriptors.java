package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDirectionMode;
import jcuda.jcudnn.cudnnRNNBiasMode;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDataLayout;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnRNNInputMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** What describes one layer to cuDNN under one algorithm, and the sizes that cuDNN answers with. */
final class CudnnDescriptors implements AutoCloseable {
    private static final int ONE_LAYER = 1;
    private static final int NO_FLAGS = 0;

    private final CudnnHandle cudnn;
    private final CudnnLayerSpec spec;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final cudnnRNNDescriptor rnn = new cudnnRNNDescriptor();
    private final cudnnRNNDataDescriptor x = new cudnnRNNDataDescriptor();
    private final cudnnRNNDataDescriptor y = new cudnnRNNDataDescriptor();
    private final cudnnTensorDescriptor state = new cudnnTensorDescriptor();

    /** @throws CudnnFailure if cuDNN does not have the algorithm for such a layer */
    CudnnDescriptors(CudnnHandle cudnn, CudnnLayerSpec spec, CudnnAlgorithm algorithm) {
        this.cudnn = cudnn;
        this.spec = spec;
        try {
            describeLayer(algorithm);
            describeSequence(x, spec.inputSize());
            describeSequence(y, spec.hiddenSize());
            create(JCudnn.cudnnCreateTensorDescriptor(state), () -> JCudnn.cudnnDestroyTensorDescriptor(state));
            int[] sizes = {1, spec.batch(), spec.hiddenSize()};
            int[] strides = {Math.multiplyExact(spec.batch(), spec.hiddenSize()), spec.hiddenSize(), 1};
            check(JCudnn.cudnnSetTensorNdDescriptor(state, spec.dataType(), sizes.length, sizes, strides));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private void describeLayer(CudnnAlgorithm algorithm) {
        create(JCudnn.cudnnCreateRNNDescriptor(rnn), () -> JCudnn.cudnnDestroyRNNDescriptor(rnn));
        check(JCudnn.cudnnSetRNNDescriptor_v8(
                rnn,
                algorithm.code(),
                spec.cellMode(),
                cudnnRNNBiasMode.CUDNN_RNN_DOUBLE_BIAS,
                cudnnDirectionMode.CUDNN_UNIDIRECTIONAL,
                cudnnRNNInputMode.CUDNN_LINEAR_INPUT,
                spec.dataType(),
                cudnnDataType.CUDNN_DATA_FLOAT,
                spec.mathType(),
                spec.inputSize(),
                spec.hiddenSize(),
                spec.hiddenSize(),
                ONE_LAYER,
                cudnn.noDropout(),
                NO_FLAGS));
    }

    /** [T,B,width], every sequence with all T steps. */
    private void describeSequence(cudnnRNNDataDescriptor descriptor, int width) {
        create(JCudnn.cudnnCreateRNNDataDescriptor(descriptor), () -> JCudnn.cudnnDestroyRNNDataDescriptor(descriptor));
        int[] lengths = new int[spec.batch()];
        Arrays.fill(lengths, spec.steps());
        check(JCudnn.cudnnSetRNNDataDescriptor(
                descriptor,
                spec.dataType(),
                cudnnRNNDataLayout.CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
                spec.steps(),
                spec.batch(),
                width,
                lengths,
                new Pointer()));
    }

    private void create(int status, Runnable release) {
        cudnn.check(status, "making a descriptor");
        releases.push(release);
    }

    private void check(int status) {
        cudnn.check(status, "describing a layer");
    }

    cudnnRNNDescriptor rnn() {
        return rnn;
    }

    cudnnRNNDataDescriptor x() {
        return x;
    }

    cudnnRNNDataDescriptor y() {
        return y;
    }

    /** Of h and of c, [1,B,H]. */
    cudnnTensorDescriptor state() {
        return state;
    }

    /** Bytes of a layer's weights in cuDNN's order. */
    long weightBytes() {
        long[] bytes = new long[1];
        cudnn.check(JCudnn.cudnnGetRNNWeightSpaceSize(cudnn.handle(), rnn, bytes), "sizing a layer's weights");
        return bytes[0];
    }

    /** Bytes that a call needs for itself, and bytes to be kept between forward and backward. */
    long[] workAndReserveBytes() {
        long[] work = new long[1];
        long[] reserve = new long[1];
        cudnn.check(
                JCudnn.cudnnGetRNNTempSpaceSizes(cudnn.handle(), rnn, spec.forwardMode(), x, work, reserve),
                "sizing a layer's memory");
        return new long[] {work[0], reserve[0]};
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
