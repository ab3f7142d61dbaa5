package lstmgpu.backend.cuda.cudnn;

import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnForwardMode;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnRNNMode;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/** What cuDNN has to know of one layer of a plan: T, B, I, H and the numbers' type. */
record CudnnLayerSpec(
        Cell cell, int steps, int batch, int inputSize, int hiddenSize, Precision precision, boolean training) {
    /** @throws CudnnRefusal if cuDNN has no such cell, or no zoneout */
    static CudnnLayerSpec of(RnnSpec spec, int layer) {
        RnnShape shape = spec.shape();
        if (!shape.cell().isIn(Cell.Plan.CUDNN)) {
            throw new CudnnRefusal(
                    "it has no mode for %s cells".formatted(shape.cell().word()));
        }
        if (shape.projects()) {
            throw new CudnnRefusal("layers with a projection are left to the other plans");
        }
        if (spec.zoneout().acts()) {
            throw new CudnnRefusal("it has no zoneout");
        }
        return new CudnnLayerSpec(
                shape.cell(),
                spec.steps(),
                spec.batch(),
                shape.inputOf(layer),
                shape.hiddenSize(),
                spec.precision(),
                spec.training());
    }

    /** A plan of this layer alone. */
    RnnSpec plan() {
        RnnShape alone = new RnnShape(cell, 1, inputSize, hiddenSize);
        return training
                ? RnnSpec.training(alone, steps, batch, precision)
                : RnnSpec.forward(alone, steps, batch, precision);
    }

    /** N = T·B. */
    long tokens() {
        return (long) steps * batch;
    }

    /** What activations and weights are stored in. */
    ElementType storage() {
        return precision == Precision.BF16 ? ElementType.BFLOAT16 : ElementType.FLOAT32;
    }

    int dataType() {
        return precision == Precision.BF16 ? cudnnDataType.CUDNN_DATA_BFLOAT16 : cudnnDataType.CUDNN_DATA_FLOAT;
    }

    /**
     * cuDNN's default for float data rounds to TF32, so exact float32 has to be asked for; bfloat16 has the default
     * only, as in PyTorch.
     */
    int mathType() {
        return switch (precision) {
            case FP32 -> cudnnMathType.CUDNN_FMA_MATH;
            case TF32 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
            case BF16 -> cudnnMathType.CUDNN_DEFAULT_MATH;
        };
    }

    /**
     * What cuDNN calls a cell.
     *
     * @param code cudnnRNNMode_t
     * @param units how many times as many units as an LSTM it may have where a layer counts as small
     */
    private record Mode(int code, int units) {}

    private Mode mode() {
        return switch (cell) {
            case LSTM -> new Mode(cudnnRNNMode.CUDNN_LSTM, 1);
            case GRU -> new Mode(cudnnRNNMode.CUDNN_GRU, 1);
            case RNN_TANH -> new Mode(cudnnRNNMode.CUDNN_RNN_TANH, 2);
            case RNN_RELU -> new Mode(cudnnRNNMode.CUDNN_RNN_RELU, 2);
            case LSTM_COUPLED, LSTM_PEEPHOLE, LSTM_LAYER_NORM ->
                throw new IllegalStateException("cuDNN has no mode for " + cell);
        };
    }

    int cellMode() {
        return mode().code();
    }

    /** Units up to which the algorithm for small layers takes it, as cuDNN's documentation says. */
    int mostSmallUnits() {
        return mode().units() * (training ? 128 : 192);
    }

    int forwardMode() {
        return training ? cudnnForwardMode.CUDNN_FWD_MODE_TRAINING : cudnnForwardMode.CUDNN_FWD_MODE_INFERENCE;
    }

    @Override
    public String toString() {
        return "%s I %d H %d B %d T %d in %s%s"
                .formatted(cell, inputSize, hiddenSize, batch, steps, precision, training ? "" : ", forward only");
    }
}
