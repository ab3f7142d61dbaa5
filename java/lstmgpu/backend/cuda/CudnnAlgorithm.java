package lstmgpu.backend.cuda;

import java.util.Arrays;
import java.util.Locale;
import jcuda.jcudnn.cudnnRNNAlgo;

/** cuDNN's ways of computing a recurrent layer, in the order in which they are tried. */
enum CudnnAlgorithm {
    PERSIST_STATIC(cudnnRNNAlgo.CUDNN_RNN_ALGO_PERSIST_STATIC),
    PERSIST_STATIC_SMALL_H(cudnnRNNAlgo.CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H),
    PERSIST_DYNAMIC(cudnnRNNAlgo.CUDNN_RNN_ALGO_PERSIST_DYNAMIC),
    STANDARD(cudnnRNNAlgo.CUDNN_RNN_ALGO_STANDARD);

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

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
