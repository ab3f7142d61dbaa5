package lstmgpu.backend.cuda.cudnn;

import java.util.Arrays;
import java.util.Locale;
import jcuda.jcudnn.cudnnRNNAlgo;
import lstmgpu.backend.ElementType;

/** cuDNN's ways of computing a recurrent layer, in the order in which they are tried. */
public enum CudnnAlgorithm {
    STANDARD(cudnnRNNAlgo.CUDNN_RNN_ALGO_STANDARD),
    PERSIST_STATIC(cudnnRNNAlgo.CUDNN_RNN_ALGO_PERSIST_STATIC),
    PERSIST_STATIC_SMALL_H(cudnnRNNAlgo.CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H);

    private final int code;

    CudnnAlgorithm(int code) {
        this.code = code;
    }

    /** The one of this name, or null. */
    static CudnnAlgorithm of(String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.toString().equals(name))
                .findAny()
                .orElse(null);
    }

    /** cudnnRNNAlgo_t. */
    int code() {
        return code;
    }

    /** Whether it is worth trying: where PyTorch takes it, and up to the sizes that cuDNN's documentation names. */
    boolean isFor(CudnnLayerSpec spec) {
        return switch (this) {
            case STANDARD -> true;
            case PERSIST_STATIC ->
                spec.storage() == ElementType.BFLOAT16
                        && spec.hiddenSize() <= 1024
                        && spec.hiddenSize() % 128 == 0
                        && spec.inputSize() % 128 == 0
                        && spec.batch() <= 128
                        && spec.batch() % 8 == 0;
            case PERSIST_STATIC_SMALL_H -> spec.hiddenSize() <= spec.mostSmallUnits();
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
